import * as assert from 'uvu/assert';
import { answeredLine, happens, knownSamples, type LineHolder, type ModemWorld, openLine } from './v253-world.ts';

/** How to bring a line on an emulated modem into each of its states. */
export const lineStates = {
  idle: (world: ModemWorld) => openLine(world),
  ringing: async (world: ModemWorld) => {
    const holder = await openLine(world);
    world.exchange.ring();
    await happens(world.clock, holder, 'ring-started');
    return holder;
  },
  seizing: async (world: ModemWorld) => {
    const holder = await openLine(world);
    world.faults.replyDelayMs = 1000;
    holder.line.control.seize();
    await world.clock.advance(200);
    return holder;
  },
  duplex: (world: ModemWorld) => answeredLine(world),
  receive: (world: ModemWorld) => answeredLine(world, { duplex: 'half' }),
  transmit: async (world: ModemWorld) => {
    const holder = await answeredLine(world, { duplex: 'half' });
    holder.say(knownSamples('PCMU', 40_000, 3));
    await world.clock.advance(2000);
    assert.is(world.modem.mode, 'transmit');
    return holder;
  },
  dialling: async (world: ModemWorld) => {
    const holder = await openLine(world);
    holder.line.control.seize();
    await happens(world.clock, holder, 'off-hook');
    holder.line.control.dial('555987612345', 'tone');
    await world.clock.advance(1200);
    return holder;
  },
  'hanging up': async (world: ModemWorld) => {
    const holder = await answeredLine(world);
    holder.line.control.release();
    await world.clock.advance(700);
    return holder;
  },
  preparing: async (world: ModemWorld) => {
    const holder = await answeredLine(world);
    world.faults.mute = true;
    holder.line.control.release();
    await happens(world.clock, holder, 'alarm', 60_000);
    return holder;
  },
} as const satisfies Record<string, (world: ModemWorld) => Promise<LineHolder>>;

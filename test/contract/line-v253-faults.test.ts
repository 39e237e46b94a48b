import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainSerial } from '../../hal/serial.ts';
import type { ModemProfileName } from '../support/modem/modem-profile.ts';
import { lineStates } from '../support/v253-line-states.ts';
import { answeredLine, goodCall, happens, knownSamples, modemPlace, modemWorld, openLine, placeOf, settled } from '../support/v253-world.ts';

const modes = ['full', 'half'] as const;

test('v253 glare: a call that comes while the line is seized is told as one', async () => {
  const world = await modemWorld({ faults: { glare: true, replyDelayMs: 300 } });
  const holder = await openLine(world);
  holder.line.control.seize();
  await happens(world.clock, holder, 'off-hook');
  assert.equal(holder.types(), ['ring-started', 'ring-stopped', 'off-hook']);
});

for (const duplex of modes) {
  test(`v253 underrun, ${duplex} duplex: told, and the rest of what is said still comes out`, async () => {
    const world = await modemWorld();
    const holder = await answeredLine(world, { duplex });
    const said = knownSamples('PCMU', 16_000, 6);
    holder.say(said);
    await world.clock.advance(1000);
    for (let count = 0; count < 4; count++) {
      world.modem.voice.starve();
      await world.clock.advance(7);
    }
    await world.clock.advance(2500);
    assert.ok(holder.has('underrun'), holder.types().join());
    assert.ok(placeOf(world.exchange.heard, said.subarray(12_000)) >= 0);
  });
}

test('v253: a frame that comes late is told as an underrun of what was missing; the end of a prompt is none', async () => {
  const world = await modemWorld();
  const holder = await answeredLine(world);
  const frame = new Uint8Array(160).fill(0x22);
  holder.line.audio.write(frame);
  await world.clock.advance(70);
  holder.line.audio.write(frame);
  await world.clock.advance(1000);
  const missing = holder.events.flatMap((event) => (event.type === 'underrun' ? [event.samples] : []));
  // 70 ms between the two, whose frames are sent every 20 ms: two or three are missing.
  assert.ok(missing.length === 1 && (missing[0] === 320 || missing[0] === 480), missing.join());
});

test('v253 overrun: told as the modem tells it', async () => {
  const world = await modemWorld();
  const holder = await answeredLine(world);
  world.modem.event('o');
  await happens(world.clock, holder, 'overrun');
});

for (const duplex of modes) {
  test(`v253 garbage on the line in a ${duplex} duplex call and on-hook: the next call is good`, async () => {
    const world = await modemWorld({ seed: 9 });
    const holder = await answeredLine(world, { duplex });
    world.faults.garbagePerSecond = 300;
    holder.say(knownSamples('PCMU', 8000, 3));
    await world.clock.advance(5000);
    holder.line.control.release();
    await world.clock.advance(3000);
    world.faults.garbagePerSecond = 0;
    await world.clock.until(() => holder.types().at(-1) === 'on-hook' || holder.types().at(-1) === 'clear', 120_000, 100);
    assert.not(world.modem.offHook);
    await goodCall(world, holder);
  });

  test(`v253 lost bytes both ways in a ${duplex} duplex call: the next call is good`, async () => {
    const world = await modemWorld({ seed: 3 });
    const holder = await answeredLine(world, { duplex });
    Object.assign(world.faults, { lossToHost: 0.02, lossFromHost: 0.02 });
    holder.say(knownSamples('PCMU', 16_000, 3));
    await world.clock.advance(5000);
    holder.line.control.release();
    await world.clock.advance(3000);
    Object.assign(world.faults, { lossToHost: 0, lossFromHost: 0 });
    await world.clock.until(() => holder.types().at(-1) === 'on-hook' || holder.types().at(-1) === 'clear', 120_000, 100);
    await goodCall(world, holder);
  });

  test(`v253 slow modem, ${duplex} duplex: two seconds to each answer lose nothing of what is said`, async () => {
    const world = await modemWorld({ faults: { replyDelayMs: 2000 } });
    const holder = await openLine(world, { duplex });
    world.exchange.ring();
    await happens(world.clock, holder, 'ring-started');
    holder.line.control.seize();
    await happens(world.clock, holder, 'off-hook');
    const greeting = knownSamples('PCMU', 8000, 3);
    holder.say(greeting);
    await world.clock.advance(12_000);
    assert.ok(placeOf(world.exchange.heard, greeting) >= 0, holder.types().join());
    assert.not(holder.has('alarm'));
  });
}

test('v253 a far end that goes, shown by a busy tone, dial tone, or the loop alone', async () => {
  for (const how of ['busy', 'dial-tone', 'loop'] as const) {
    const world = await modemWorld();
    const holder = await answeredLine(world);
    world.exchange.hangUp(how);
    await happens(world.clock, holder, 'disconnect');
    await world.clock.advance(10_000);
    assert.is(holder.types().filter((type) => type === 'disconnect').length, 1, how);
  }
});

test('v253 no dial tone: what was to be dialled is given up as disconnected', async () => {
  const world = await modemWorld();
  world.exchange.hasDialTone = false;
  const holder = await openLine(world);
  holder.line.control.seize();
  await happens(world.clock, holder, 'off-hook');
  holder.line.control.dial('5559876', 'tone');
  await happens(world.clock, holder, 'disconnect');
  assert.not(holder.has('dialled'));
  holder.line.control.release();
  await happens(world.clock, holder, 'on-hook');
});

test('v253 released while it dials: the call is broken off', async () => {
  const world = await modemWorld();
  const holder = await lineStates.dialling(world);
  const atMs = world.clock.monotonic();
  holder.line.control.release();
  await happens(world.clock, holder, 'on-hook');
  assert.ok(world.clock.monotonic() - atMs < 4000);
  assert.not(world.modem.offHook);
  assert.not(holder.has('alarm') || holder.has('dialled'), holder.types().join());
});

test('v253 a caller who gives up: each burst of ringing begins and ends', async () => {
  const world = await modemWorld();
  const holder = await openLine(world);
  world.exchange.ring({ bursts: 2 });
  await world.clock.advance(20_000);
  assert.equal(holder.types(), ['ring-started', 'ring-stopped', 'ring-started', 'ring-stopped']);
});

for (const profile of ['v253', 'cx93010'] as ModemProfileName[]) {
  for (const command of ['+VTX', '+VRX', '+VTR']) {
    test(`v253 a ${profile} modem that a dead program left in AT${command} is set up`, async () => {
      const world = await modemWorld({ profile });
      const port = await world.cable.a.open(modemPlace, plainSerial(115_200));
      for (const line of ['+FCLASS=8', '+VLS=1', command]) {
        port.write(Buffer.from(`AT${line}\r`));
        await world.clock.advance(500);
      }
      port.write(Buffer.from('half a word'));
      assert.is(world.modem.mode, { '+VTX': 'transmit', '+VRX': 'receive', '+VTR': 'duplex' }[command]);
      await world.clock.advance(100);
      await settled(world.clock, port.close());
      await goodCall(world, await openLine(world));
    });
  }
}

test('v253 silence that the modem leaves out against its orders: the clock goes on, and the call too', async () => {
  for (const duplex of modes) {
    const world = await modemWorld({ faults: { silenceSuppression: true } });
    const holder = await answeredLine(world, { duplex });
    const frames = holder.frames.length;
    await world.clock.advance(8000);
    assert.ok(holder.frames.length - frames > 380, `${holder.frames.length - frames}`);
    assert.not(holder.has('alarm'));
  }
});

test('v253 the process stands still for two seconds in a call: it goes on, without a burst of frames', async () => {
  for (const duplex of modes) {
    const world = await modemWorld();
    const holder = await answeredLine(world, { duplex });
    world.clock.stall(2000);
    const frames = holder.frames.length;
    await world.clock.advance(1000);
    assert.ok(holder.frames.length - frames < 160, `${holder.frames.length - frames}`);
    world.exchange.press('7');
    await world.clock.advance(1000);
    assert.is(holder.digits(), '7');
  }
});

test.run();

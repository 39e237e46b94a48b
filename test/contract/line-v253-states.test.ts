import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainSerial } from '../../hal/serial.ts';
import { lineStates } from '../support/v253-line-states.ts';
import { modemPlace, modemWorld, settled } from '../support/v253-world.ts';

for (const [name, reach] of Object.entries(lineStates)) {
  test(`v253 unplugged while ${name}: lost, once, and nothing is called or left afterwards`, async () => {
    const world = await modemWorld();
    const holder = await reach(world);
    world.cable.unplug('a');
    await world.clock.until(() => holder.lost !== null, 200_000, 100);
    assert.is(holder.lost, 'connection-lost');
    const before = holder.events.length + holder.frames.length;
    holder.line.control.release();
    holder.line.control.seize();
    assert.not(holder.line.audio.write(new Uint8Array(160)));
    await world.clock.advance(5000);
    assert.is(holder.events.length + holder.frames.length, before);
    await settled(world.clock, holder.line.close());
    world.unplug();
    await world.clock.advance(500); // what is still on the wire
    assert.equal(world.clock.pending().map((timer) => timer.name), []);
  });

  test(`v253 closed while ${name}: the line is on-hook, and nothing is left`, async () => {
    const world = await modemWorld();
    const holder = await reach(world);
    world.faults.mute = false;
    const closing = holder.line.close();
    const before = holder.events.length + holder.frames.length;
    await settled(world.clock, closing);
    assert.not(world.modem.offHook);
    assert.is(holder.events.length + holder.frames.length, before);
    world.unplug();
    await world.clock.advance(500); // what is still on the wire
    assert.equal(world.clock.pending().map((timer) => timer.name), []);
    const again = world.cable.a.open(modemPlace, plainSerial(115_200));
    await settled(world.clock, (await again).close());
  });
}

test.run();

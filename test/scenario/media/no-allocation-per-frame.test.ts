import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LoadedEngine, type LoadOptions } from '../../support/media/loaded-engine.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const modes: [string, LoadOptions, number][] = [
  ['heard and played to', {}, 60_000],
  ['recorded too', { record: true }, 30_000],
  ['joined two and two', { joined: true }, 20_000],
  ['listened to for fax tones too', { fax: true }, 10_000],
  ['listened to for in-band digits too', { record: true, eventPayloadType: null }, 20_000],
];

/**
 * Bytes allocated are summed between frames, so that a collection in between cannot hide them. A frame's bytes alone would be 160;
 * what remains is the measuring itself, timers, the recorder's chunks and a boxed number here and there.
 */
for (const [name, options, ms] of modes) {
  test(`250 sessions ${name}: less than 16 bytes per packet are allocated and nothing is kept`, async () => {
    const load = await LoadedEngine.make(250, options);
    load.run(5000); // optimised code first
    collectGarbage();
    const heldBefore = process.memoryUsage().heapUsed;
    const cpuBefore = process.cpuUsage();
    let allocated = 0;
    let before = heldBefore;
    const packets = load.run(ms, () => {
      const now = process.memoryUsage().heapUsed;
      if (now > before) allocated += now - before;
      before = now;
    });
    const { user, system } = process.cpuUsage(cpuBefore);
    collectGarbage();
    const kept = process.memoryUsage().heapUsed - heldBefore;
    console.log(`    ${name}: ${(allocated / packets).toFixed(2)} bytes and ${((user + system) / packets).toFixed(2)} µs a packet, ${kept} bytes kept`);
    assert.is(packets, 2 * 250 * (ms / 20));
    assert.ok(allocated / packets < 16, `${allocated / packets} bytes a packet`);
    assert.ok(kept < 500_000, `${kept} bytes kept`);
    await load.close();
  });
}

test.run();

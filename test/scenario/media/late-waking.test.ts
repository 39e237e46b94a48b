import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Clock } from '../../../hal/clock.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage } from '../../support/media/media-stage.ts';

function voice(ms: number, seed = 9): Uint8Array {
  return new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);
}

/** The engine's own view of time: its timers fire late by `lateMs()`; the phone's do not. */
function busyMachine(sim: SimClock, lateMs: () => number): Clock {
  return {
    monotonic: () => sim.monotonic(),
    wall: () => sim.wall(),
    pending: () => sim.pending(),
    after: (name, delayMs, fire) => sim.after(name, delayMs + lateMs(), fire),
  };
}

test('a machine that always wakes up to 15 ms late sends as many packets, and timestamps, as a punctual one', async () => {
  const sim = new SimClock();
  const random = new SimRandom(4);
  const stage = await MediaStage.set({ sim, clock: busyMachine(sim, () => random.below(1500) / 100) });
  const phone = await stage.phone();
  stage.start();
  await sim.advance(60_006);
  assert.is(phone.heard.length, 3000);
  const first = phone.heard[0];
  phone.heard.forEach(({ atMs, timestamp }, n) => {
    assert.is((timestamp - (first?.timestamp ?? 0)) | 0, n * 160);
    const late = atMs - 0.5 - (10 + n * 20);
    assert.ok(late >= -0.5 && late < 15, `packet ${n} ${late} ms late`);
  });
  await stage.end();
});

/** A caller speaks for `spokenMs`, and the unit's timers stall after `atMs`, once; the recording is stopped at `stopMs`. */
async function stalled(spokenMs: number, atMs: number, stallMs: number, stopMs: number) {
  const sim = new SimClock();
  let lateMs = 0;
  const stage = await MediaStage.set({ sim, clock: busyMachine(sim, () => lateMs) });
  const phone = await stage.phone();
  stage.start();
  stage.record();
  const audio = voice(spokenMs);
  phone.speak(audio);
  await sim.advance(atMs);
  lateMs = stallMs;
  await sim.advance(12);
  lateMs = 0;
  await sim.advance(stopMs - atMs - 12);
  stage.command('stop', {});
  return { sim, stage, phone, audio };
}

function isWhole(recorded: Buffer, audio: Uint8Array): void {
  for (let at = 0; at < audio.length; at += 160) assert.ok(recorded.indexOf(audio.subarray(at, at + 160)) >= 0, `packet at ${at / 8} ms`);
}

test('a stall of half a second: packets are skipped and counted, the timestamp keeps up, the recording loses nothing', async () => {
  const { sim, stage, phone, audio } = await stalled(4000, 2000, 500, 5000);
  await sim.advance(6000);
  const health = stage.of('health')[0];
  assert.ok((health?.skippedTicks ?? 0) >= 44, String(health?.skippedTicks));
  assert.ok((health?.worstLateMs ?? 0) >= 490);
  isWhole(stage.recorded(), audio);
  const resumed = phone.heard.findIndex(({ timestamp }, n) => n > 0 && ((timestamp - (phone.heard[n - 1]?.timestamp ?? 0)) | 0) > 160);
  assert.ok(resumed > 0 && phone.heard[resumed]?.marker);
  const last = phone.heard.at(-1);
  const first = phone.heard[0];
  assert.is(((last?.timestamp ?? 0) - (first?.timestamp ?? 0)) | 0, ((last?.atMs ?? 0) - (first?.atMs ?? 0)) * 8);
  await stage.end();
});

test('a stall of three seconds while a caller speaks: what came meanwhile is recorded, though it is more than waits in a buffer', async () => {
  const { sim, stage, audio } = await stalled(5000, 1000, 3000, 6012);
  await sim.advance(100);
  isWhole(stage.recorded(), audio);
  await stage.end();
});

test('a peer whose timestamps run six times too fast makes no recording longer than twice its call', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  stage.start();
  stage.record();
  for (let n = 0; n < 250; n++) {
    phone.sendPacket(voice(20, n), 0, n === 0, 960 * n);
    await stage.clock.advance(20);
  }
  stage.command('stop', {});
  await stage.clock.advance(100);
  const ms = stage.recorded().length / 8;
  assert.ok(ms >= 4000 && ms <= 11_000, `${ms} ms`);
  await stage.end();
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { maxCatchUp, Pacer } from '../../../firmware/media/pacer.ts';
import type { Clock, MonotonicMs } from '../../../hal/clock.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

/** A clock whose timers fire late (or early, when negative) by what `lateMs` says. */
function lateClock(clock: SimClock, lateMs: () => number): Clock {
  return {
    monotonic: () => clock.monotonic(),
    wall: () => clock.wall(),
    pending: () => clock.pending(),
    after: (name, delayMs, fire) => clock.after(name, delayMs + lateMs(), fire),
  };
}

interface Run {
  readonly clock: SimClock;
  readonly pacer: Pacer;
  readonly ticks: number[];
  skipped: number;
}

function pacing(lateMs: () => number = () => 0): Run {
  const clock = new SimClock();
  const run: Run = { clock, ticks: [], skipped: 0, pacer: new Pacer(lateClock(clock, lateMs), 10, (nowMs) => run.ticks.push(nowMs), (ticks) => (run.skipped += ticks)) };
  return run;
}

test('on a punctual clock each tick is on its deadline', async () => {
  const run = pacing();
  await run.clock.advance(7);
  run.pacer.start();
  await run.clock.advance(1000);
  assert.equal(run.ticks, Array.from({ length: 100 }, (_, n) => 17 + n * 10));
  assert.equal(run.pacer.stats, { lateTicks: 0, skippedTicks: 0, worstLateMs: 0 });
  run.pacer.stop();
});

test('a clock that always wakes late does not make the deadlines drift', async () => {
  const random = new SimRandom(1);
  const run = pacing(() => random.below(9));
  run.pacer.start();
  await run.clock.advance(60_009);
  assert.is(run.ticks.length, 6000);
  assert.is(run.skipped, 0);
  run.ticks.forEach((at, n) => assert.ok(at - (n + 1) * 10 >= 0 && at - (n + 1) * 10 <= 9, `tick ${n} at ${at}`));
  assert.ok(run.pacer.stats.worstLateMs <= 9);
  run.pacer.stop();
});

test('a timer that fires a little early counts as on time and does not fire twice', async () => {
  const run = pacing(() => -0.4);
  run.pacer.start();
  await run.clock.advance(1000);
  assert.is(run.ticks.length, 100);
  run.pacer.stop();
});

test('waking 40 ms late makes up all ticks, and says so', async () => {
  let late = 0;
  const run = pacing(() => late);
  run.pacer.start();
  late = 40;
  await run.clock.advance(10);
  late = 0;
  await run.clock.advance(90);
  assert.is(run.ticks.length, 10);
  assert.equal(run.ticks.slice(0, 7), [10, 60, 60, 60, 60, 60, 70]);
  assert.equal(run.pacer.stats, { lateTicks: 4, skippedTicks: 0, worstLateMs: 40 });
  run.pacer.stop();
});

test('a stall of 1 s is skipped but for the last five ticks, and the beat stays', async () => {
  let late = 0;
  const run = pacing(() => late);
  run.pacer.start();
  await run.clock.advance(95);
  late = 1000;
  await run.clock.advance(6);
  late = 0;
  await run.clock.advance(1099);
  assert.is(run.ticks.length + run.skipped, 120);
  assert.is(run.skipped, 101 - maxCatchUp);
  assert.is(run.pacer.stats.skippedTicks, run.skipped);
  assert.is(run.ticks.at(-1), 1200);
  run.pacer.stop();
});

test('stopped it leaves no timer; started again it begins a new beat', async () => {
  const run = pacing();
  run.pacer.start();
  run.pacer.start();
  assert.is(run.clock.pending().length, 1);
  await run.clock.advance(25);
  run.pacer.stop();
  assert.is(run.clock.pending().length, 0);
  await run.clock.advance(500);
  run.pacer.start();
  await run.clock.advance(10);
  assert.equal(run.ticks, [10, 20, 535]);
  assert.is(run.skipped, 0);
  run.pacer.stop();
});

test('a tick that stops the pacer ends the catching up', async () => {
  const clock = new SimClock();
  let ticks = 0;
  const pacer = new Pacer(lateClock(clock, () => 45), 10, () => {
    ticks++;
    pacer.stop();
  }, () => undefined);
  pacer.start();
  await clock.advance(100);
  assert.is(ticks, 1);
  assert.is(clock.pending().length, 0);
});

test('one tick may be late by a lot and its time is the time of waking', async () => {
  const run = pacing(() => 15);
  run.pacer.start();
  await run.clock.advance(25);
  assert.equal(run.ticks, [25, 25] as unknown as MonotonicMs[]);
  run.pacer.stop();
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PartnerWatch } from '../../../firmware/failover/partner-watch.ts';

const network = { every: 1, refuses: true };

/** A watch with two paths, looked at each 25 ms. `beats(ms)`: both paths beat meanwhile. */
function watching() {
  const watch = new PartnerWatch({ ways: [network, network], beatMs: 25, misses: 16 });
  const run = {
    watch, nowMs: 0, sequence: 0,
    heard: (path: number, over = {}) => watch.heard(path, run.nowMs, { sequence: run.sequence, goodbye: false, beatMs: 25, fresh: false, ...over }),
    step: (...paths: number[]) => {
      run.nowMs += 25;
      run.sequence++;
      for (const path of paths) run.heard(path);
      watch.look(run.nowMs);
    },
    steps: (count: number, ...paths: number[]) => {
      for (let at = 0; at < count; at++) run.step(...paths);
    },
  };
  return run;
}

test('a killed process, of which the network tells and a serial line cannot: refused, as soon as both have missed four beats', () => {
  const watch = new PartnerWatch({ ways: [network, { every: 2, refuses: false }], beatMs: 25, misses: 16 });
  const hear = (path: number, nowMs: number): void => watch.heard(path, nowMs, { sequence: nowMs / 25, goodbye: false, beatMs: 25, fresh: false });
  hear(0, 1000);
  hear(1, 1000);
  watch.refused(0);
  for (const [nowMs, life] of [[1100, 'alive'], [1199, 'alive'], [1200, 'refused']] as const) {
    watch.look(nowMs - 1);
    watch.look(nowMs);
    assert.is(watch.life, life, `${nowMs}`);
  }
});

test('a refusal says nothing while the serial line beats', () => {
  const watch = new PartnerWatch({ ways: [network, { every: 2, refuses: false }], beatMs: 25, misses: 16 });
  for (let nowMs = 50; nowMs <= 5000; nowMs += 50) {
    watch.heard(1, nowMs, { sequence: nowMs / 25, goodbye: false, beatMs: 25, fresh: false });
    watch.refused(0);
    watch.look(nowMs + 25);
    assert.is(watch.life, 'alive');
  }
  assert.equal(watch.statistics(5000).map(({ lost, received }) => [lost, received]), [[0, 0], [0, 100]]);
});

test('unheard is not dead', () => {
  const run = watching();
  run.steps(100);
  assert.is(run.watch.life, 'unheard');
});

test('suspect after half the dead time, dead after all of it, alive with one beat', () => {
  const run = watching();
  run.steps(4, 0, 1);
  run.steps(7);
  assert.is(run.watch.life, 'alive');
  run.steps(1);
  assert.is(run.watch.life, 'suspect');
  run.steps(7);
  assert.is(run.watch.life, 'suspect');
  run.steps(1);
  assert.is(run.watch.life, 'dead');
  run.step(1);
  assert.is(run.watch.life, 'alive');
});

test('one path is enough', () => {
  const run = watching();
  run.steps(4, 0, 1);
  run.steps(100, 1);
  assert.is(run.watch.life, 'alive');
  const [first, second] = run.watch.statistics(run.nowMs);
  assert.equal([first?.up, second?.up], [false, true]);
  assert.is(first?.longestGapMs, 2500);
});

test('carrier lost on each path that is not silent is death at once', () => {
  const run = watching();
  run.steps(4, 0, 1);
  run.watch.carrier(0, false);
  run.watch.look(run.nowMs);
  assert.is(run.watch.life, 'alive');
  run.watch.carrier(1, false);
  run.watch.look(run.nowMs);
  assert.is(run.watch.life, 'dead');
});

test('a refusal counts after four silent beats, on all paths, and not while beats come', () => {
  const run = watching();
  run.steps(4, 0, 1);
  run.watch.refused(0);
  run.watch.refused(1);
  run.steps(3);
  assert.is(run.watch.life, 'alive');
  run.step();
  assert.is(run.watch.life, 'refused');
  run.step(0);
  run.watch.refused(0);
  run.steps(5, 1);
  assert.is(run.watch.life, 'alive');
});

test('goodbye holds until the partner beats again', () => {
  const run = watching();
  run.steps(4, 0, 1);
  run.heard(0, { goodbye: true });
  run.steps(100);
  assert.is(run.watch.life, 'goodbye');
  run.step(0);
  assert.is(run.watch.life, 'alive');
});

test('own pauses: another dead time for the partner, four times in a row at most', () => {
  const run = watching();
  run.steps(4, 0, 1);
  run.nowMs += 5000;
  run.step();
  assert.is(run.watch.life, 'suspect');
  run.steps(15);
  assert.is(run.watch.life, 'suspect');
  run.step();
  assert.is(run.watch.life, 'dead');
  run.step(0);
  for (let pauses = 0; pauses < 4; pauses++) {
    run.nowMs += 350;
    run.step();
    assert.is(run.watch.life, 'suspect', `pause ${pauses}`);
  }
  run.nowMs += 500;
  run.step();
  assert.is(run.watch.life, 'dead');
  assert.equal(run.watch.counters, { pauses: 6, deaths: 2 });
});

test('of two that beat differently the slower decides', () => {
  const run = watching();
  run.heard(0, { beatMs: 100 });
  run.steps(63);
  assert.is(run.watch.life, 'suspect');
  run.step();
  assert.is(run.watch.life, 'dead');
});

test('losses are counted by sequence, per path, from the start of each incarnation', () => {
  const run = watching();
  run.steps(10, 0, 1);
  run.steps(5, 0);
  run.step(0, 1);
  assert.equal(run.watch.statistics(run.nowMs).map(({ lost, received }) => [lost, received]), [[0, 16], [5, 11]]);
  run.sequence = 0;
  run.nowMs += 25;
  run.sequence = 1;
  run.heard(0, { fresh: true });
  run.heard(1);
  assert.equal(run.watch.statistics(run.nowMs).map(({ lost }) => lost), [0, 5]);
});

test.run();

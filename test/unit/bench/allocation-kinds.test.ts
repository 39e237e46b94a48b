import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AllocationKind } from '../../bench/allocation-kinds.ts';
import { kindOf, kindRate, slope } from '../../bench/allocation-kinds.ts';
import type { Allocation } from '../../bench/thread-probe.ts';

const place = (site: string, within: readonly string[], bytes: number): Allocation['places'][number] => ({ site, within, bytes });

test('what is allocated is for a frame, for something seldom, or for waking', () => {
  const cases: readonly [string, readonly string[], AllocationKind][] = [
    ['#take understudy.cjs:9', ['', 'listOnTimeout', '#tick', '#take'], 'frame'],
    ['slice :0', ['', 'listOnTimeout', '#tick', 'handOver', 'slice'], 'seldom'],
    ['randomInt random:208', ['', 'listOnTimeout', '#tick', '#report', 'randomInt'], 'seldom'],
    ['listOnTimeout timers:524', ['', 'listOnTimeout'], 'waking'],
    ['Timeout timers:170', ['', 'listOnTimeout', '#sleep', 'after', 'Timeout'], 'waking'],
    ['after understudy.cjs:155', ['', 'listOnTimeout', '#sleep', 'after'], 'waking'],
  ];
  for (const [site, within, kind] of cases) assert.is(kindOf({ site, within }), kind, site);
});

test('a slope is the difference of two rates, by place and in all, and its error that of counting samples', () => {
  const short: Allocation = { places: [place('a x:1', ['a'], 1000)] };
  const few: Allocation = { places: [place('a x:1', ['a'], 3000), place('after x:2', ['after'], 90_000)] };
  const many: Allocation = { places: [place('a x:1', ['a'], 5000), place('a x:1', ['b', 'a'], 2000), place('c x:3', ['c'], 512)] };
  const { bytes, error, sites } = slope(kindRate('frame', short, few, 10), kindRate('frame', short, many, 10), 100);
  assert.equal(sites.map(({ site }) => site), ['a x:1', 'c x:3']);
  assert.ok(Math.abs(bytes - (600 + 51.2 - 200) / 100) < 1e-9);
  assert.ok(Math.abs(error - Math.sqrt((512 * (4000 + 8512)) / 100) / 100) < 1e-9);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Figure } from '../../bench/figures.ts';
import { figure, median, merged, percentile, regressions, repeatable } from '../../bench/figures.ts';

const run = (value: number, ratio: number): Figure[] => [figure('cost', value, 'ms', { ratio, against: 'C' }), figure('plain', value, 'ms')];

test('percentile and median: of sorted and of unsorted values; NaN of none', () => {
  assert.is(percentile([1, 2, 3, 4], 0.5), 3);
  assert.is(percentile([1, 2, 3, 4], 1), 4);
  assert.is(median([9, 1, 5]), 5);
  assert.ok(Number.isNaN(median([])));
});

test('merged: one run is left as it is', () => {
  assert.equal(merged([run(3, 2)]), run(3, 2));
  assert.equal(merged([]), []);
});

test('merged: several runs give medians, and how far their ratios lie apart', () => {
  const [cost, plain] = merged([run(10, 2), run(30, 3), run(20, 2.5)]);
  assert.equal([cost?.value, cost?.ratio, cost?.spread], [20, 2.5, 1.5]);
  assert.equal([plain?.value, plain?.ratio, plain?.spread], [20, null, null]);
});

test('merged: what only some of the runs have is kept', () => {
  assert.equal(merged([run(10, 2), []]).map(({ name, value, spread }) => [name, value, spread]), [['cost', 10, null], ['plain', 10, null]]);
});

test('repeatable: a ratio is stored only when several runs agree upon it within the tolerance', () => {
  assert.equal(repeatable(run(10, 2)), {}, 'measured once');
  assert.equal(repeatable(merged([run(10, 2), run(10, 2.1)])), { cost: 2.1 });
  assert.equal(repeatable(merged([run(10, 2), run(10, 2.3)])), {}, '15 % apart');
});

test('regressions: more than a tenth worse, in the direction that is worse, and only of what is stored', () => {
  const now = [figure('less', 1, '', { ratio: 1.11 }), figure('more', 1, '', { ratio: 0.89, better: 'more' }), figure('new', 1, '', { ratio: 9 })];
  assert.equal(regressions(now, { less: 1, more: 1 }).map(({ name }) => name), ['less', 'more']);
  assert.equal(regressions(now, { less: 1.02, more: 0.98 }), []);
  assert.equal(regressions(now, {}), []);
});

test.run();

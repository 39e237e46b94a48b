import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Asked, Plan } from '../../bench/plan.ts';
import { planOf } from '../../bench/plan.ts';

const all = ['start', 'calls', 'busy', 'stored'];
const plan = (asked: Partial<Asked>): Plan => planOf({ sections: [], check: false, store: false, ...asked }, all);
const runs = ({ sections }: Plan): unknown => sections.map(({ name, runs: times }) => [name, times]);

test('without a choice all sections run once, at full size', () => {
  assert.equal(runs(plan({})), all.map((name) => [name, 1]));
  assert.equal([plan({}).calls, plan({}).windowSec, plan({}).leftOut], [[1, 40, 100, 250], 15, []]);
});

test('what is stored and what is checked have the same sizes, and the same sections, of which the long ones are measured less often', () => {
  const { sections: stored, ...storedSizes } = plan({ store: true });
  const { sections: checked, ...checkedSizes } = plan({ check: true });
  assert.equal(storedSizes, checkedSizes);
  assert.equal(runs(plan({ store: true })), [['start', 3], ['calls', 2], ['stored', 3]]);
  assert.equal(stored.map(({ name }) => name), checked.map(({ name }) => name));
  assert.ok(checked.every(({ runs: times }) => times === 1));
  assert.equal(checkedSizes.leftOut, ['busy']);
});

test('what is named wins', () => {
  assert.equal(runs(plan({ sections: ['busy'], store: true })), [['busy', 2]]);
  assert.equal(runs(plan({ store: true, runs: '4' })), [['start', 4], ['calls', 4], ['stored', 4]]);
  const { calls, windowSec, storedMailboxes } = plan({ check: true, calls: '3, 7', seconds: '9', storedMailboxes: '20' });
  assert.equal([calls, windowSec, storedMailboxes], [[3, 7], 9, 20]);
});

test('what cannot be is refused with the reason', () => {
  assert.throws(() => plan({ sections: ['calls', 'tea'] }), /there is no section tea; there are start, calls, busy, stored/);
  assert.throws(() => plan({ store: true, runs: '1' }), /twice at least: --runs 2 or more/);
  assert.throws(() => plan({ calls: '40,x' }), /--calls x: a whole number from 1 on is wanted/);
  assert.throws(() => plan({ seconds: '0' }), /--seconds 0/);
  assert.throws(() => plan({ minutes: 'ten' }), /--minutes ten/);
});

test.run();

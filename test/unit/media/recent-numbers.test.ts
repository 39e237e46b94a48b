import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RecentNumbers } from '../../../firmware/media/recent-numbers.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

test('what came is known for 128 numbers, in whatever order and with whatever gaps', () => {
  const random = new SimRandom(5);
  const recent = new RecentNumbers();
  const came = new Set<number>();
  let highest = 0;
  let known = 0;
  for (let round = 0; round < 50_000; round++) {
    if (random.below(3) === 0) {
      const step = random.below(20) === 0 ? 1 + random.below(300) : 1 + random.below(3);
      highest += step;
      recent.advance(step);
      came.add(highest);
      continue;
    }
    const behind = random.below(128);
    const is = recent.add(behind);
    if (!is) known++;
    assert.is(is, !came.has(highest - behind), `${behind} behind ${highest}`);
    came.add(highest - behind);
  }
  assert.ok(known > 1000);
});

test('a jump far ahead, and clearing, leave nothing of before', () => {
  const recent = new RecentNumbers();
  for (let n = 0; n < 200; n++) recent.advance(1);
  recent.advance(2999);
  assert.is(recent.add(0), false);
  for (let behind = 1; behind < 128; behind++) assert.is(recent.add(behind), true);
  recent.clear();
  for (let behind = 0; behind < 128; behind++) assert.is(recent.add(behind), true);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { retryAfterMs } from '../../../firmware/sip/retry-schedule.ts';

const schedule = { firstMs: 1000, mostMs: 60_000 };

test('doubles, never passes its end, and is spread over a quarter', () => {
  const random = new SimRandom(3);
  for (let failures = 1; failures <= 2000; failures++) {
    const full = Math.min(60_000, 1000 * 2 ** (failures - 1));
    const wait = retryAfterMs(schedule, failures, random);
    assert.ok(wait <= full && wait >= full * 0.75, `${failures}: ${wait}`);
  }
});

test('two units do not beat in step', () => {
  const random = new SimRandom(4);
  const waits = new Set(Array.from({ length: 100 }, () => retryAfterMs(schedule, 5, random)));
  assert.ok(waits.size > 50, `${waits.size} different waits of 100`);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { idPattern } from '../../../firmware/mailbox/recording.ts';
import { UuidV7 } from '../../../firmware/mailbox/uuidv7.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

test('each id is greater than the one before, through 10,000 in one millisecond and a clock that steps back', () => {
  const clock = new SimClock();
  const ids = new UuidV7(clock, new SimRandom(1));
  let last = '';
  for (let round = 0; round < 10_000; round++) {
    if (round === 5000) clock.stepWall(-365 * 24 * 3_600_000);
    const id = ids.next();
    assert.match(id, idPattern);
    assert.ok(id > last, `${id} after ${last}`);
    last = id;
  }
});

test('the time is in the first 48 bits', () => {
  const clock = new SimClock(Date.UTC(2022, 1, 22, 19, 22, 22));
  assert.is(new UuidV7(clock, new SimRandom(1)).next().slice(0, 13), '017f22e2-79b0');
});

test('an id that was observed is never reached again, whatever the clock says', () => {
  const before = new UuidV7(new SimClock(), new SimRandom(1));
  const newest = Array.from({ length: 20 }, () => before.next()).at(-1) as string;
  const after = new UuidV7(new SimClock(0), new SimRandom(2));
  after.observe(newest);
  assert.ok(after.next() > newest);
  after.observe('019b8d50-0000-7000-8000-000000000000'.replace('019b', '0001'));
  assert.ok(after.next() > newest, 'an older one changes nothing');
});

test.run();

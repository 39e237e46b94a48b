import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { together } from '../../../firmware/unit/together.ts';

const after = (turns: number, end: () => void): Promise<void> => (turns === 0 ? Promise.resolve().then(end) : Promise.resolve().then(() => after(turns - 1, end)));

test('results come in the order of the list, whoever is ready first', async () => {
  assert.equal(await together([after(5, () => undefined).then(() => 'one'), Promise.resolve(2)]), ['one', 2]);
});

test('an error waits until all have ended; of two, the first in the list counts', async () => {
  let ended = false;
  const late = after(20, () => (ended = true)).then(() => Promise.reject(new Error('late, but first in the list')));
  const error = await together([late, Promise.reject(new Error('early'))]).catch((cause: unknown) => cause);
  assert.ok(ended);
  assert.match(String(error), 'late, but first in the list');
});

test.run();

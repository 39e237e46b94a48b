import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { makeStore } from '../../support/store-fixture.ts';

const opened = async (storage: SimStorage) => {
  const { store } = makeStore(storage);
  await store.open();
  return store.lists;
};

test('a list keeps its order, holds nobody twice, and is there after a restart', async () => {
  const storage = new SimStorage({});
  const lists = await opened(storage);
  await lists.change('201', 2, { add: ['203', '202', '203'], public: true });
  await lists.change('201', 1, { add: ['202'] });
  await lists.change('201', 2, { add: ['204', '202'], remove: ['203'] });
  const again = await opened(storage);
  assert.equal(again.of('201'), [{ number: 1, public: false, entries: ['202'] }, { number: 2, public: true, entries: ['202', '204'] }]);
  assert.is(await again.delete('201', 1), true);
  assert.is(await again.delete('201', 1), false);
  assert.equal((await opened(storage)).of('201').map(({ number }) => number), [2]);
  assert.equal(again.of('202'), []);
});

test('20 lists of 360, and not one more of either', async () => {
  const lists = await opened(new SimStorage({}));
  const add = Array.from({ length: 360 }, (_, at) => String(1000 + at));
  for (let number = 1; number <= 20; number++) assert.is((await lists.change('201', number, { add })).fault, null);
  assert.is((await lists.change('201', 21, { add: ['1'] })).fault, 'too-many-lists');
  assert.is((await lists.change('201', 0, { add: ['1'] })).fault, 'too-many-lists');
  const { fault, list } = await lists.change('201', 1, { add: ['1'] });
  assert.equal([fault, list?.entries.length], ['list-full', 360]);
  assert.is((await lists.change('201', 1, { add: ['1'], remove: ['1000'] })).fault, null);
});

test('long numbers in many lists: what does not fit into the document is refused before anything changes', async () => {
  const storage = new SimStorage({});
  const lists = await opened(storage);
  const add = Array.from({ length: 360 }, (_, at) => String(10n ** 14n + BigInt(at)));
  let fault: string | null = null;
  for (let number = 1; number <= 20 && fault === null; number++) ({ fault } = await lists.change('201', number, { add }));
  const before = lists.of('201');
  assert.equal([fault, before.length < 20], ['list-full', true]);
  assert.equal((await lists.change('201', 1, { remove: [add[0] as string] })).fault, null, 'what is smaller is stored');
  assert.equal((await opened(storage)).of('201').length, before.length);
  const error = await lists.replace('202', Array.from({ length: 20 }, (_, at) => ({ number: at + 1, public: false, entries: add }))).then(() => null, (one: unknown) => one);
  assert.match(String(error), /lists of mailbox 202 together have/);
  assert.equal(lists.of('202'), []);
});

test('random changes: what a model says, also after each restart', async () => {
  const random = new SimRandom(Number(process.env['SEED'] ?? 11));
  const storage = new SimStorage({});
  let lists = await opened(storage);
  const model = new Map<number, string[]>();
  for (let step = 0; step < 300; step++) {
    const number = 1 + random.below(4);
    const [add, remove] = [String(random.below(12)), String(random.below(12))];
    if (random.below(10) === 0) {
      assert.is(await lists.delete('201', number), model.delete(number));
    } else {
      await lists.change('201', number, { add: [add], remove: [remove] });
      const kept = (model.get(number) ?? []).filter((entry) => entry !== remove);
      model.set(number, kept.includes(add) ? kept : [...kept, add]);
    }
    if (random.below(20) === 0) lists = await opened(storage);
    assert.equal(lists.of('201').map((list) => [list.number, list.entries]), [...model].sort(([left], [right]) => left - right));
  }
});

test.run();

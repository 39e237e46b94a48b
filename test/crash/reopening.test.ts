// Each operation fails in turn, once or for good, while a mailbox that was shut is opened again: memory knew its owner, and no failure of the medium may make it forget.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import { HalError } from '../../hal/errors.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { figure } from '../support/figure.ts';
import { chunksOf, leave, makeStore } from '../support/store-fixture.ts';

const numbers = ['201', '202', '203', '204'];
const [small, looking] = [{ atStart: 1, mailboxes: 1, messages: 1000 }, { atStart: 1000, mailboxes: 1000, messages: 100_000 }];
const pin = { salt: 'c2FsdA==', hash: 'aGFzaA==', cost: 2 };

const over = (storage: SimStorage, room = small, seed = 1): FileMessageStore => makeStore(storage, {}, seed, new SimClock(), { room, mailboxes: () => numbers }).store;

/** 201 has a PIN, set after a wrong try: its older slot does not know of it; a greeting, and choices made twice. All but the last one used are shut. */
async function filled(storage: SimStorage): Promise<FileMessageStore> {
  const store = over(storage);
  await store.open();
  for (const number of numbers) await leave(store, number, chunksOf(Number(number), 1));
  await store.owners.change('201', (owner) => ({ ...owner, wrongTries: 1 }));
  await store.choices.change('201', (choices) => (choices.options = { loopGreeting: true }));
  const greeting = await store.greetings.begin('201', 'greeting', 'PCMU');
  greeting.append(new Uint8Array(8000), 0);
  await store.greetings.commit('201', 'greeting', await greeting.finish('digit'));
  await store.owners.change('201', (owner) => ({ ...owner, wrongTries: 0, pin }));
  await store.choices.change('201', (choices) => (choices.options = { loopGreeting: false, takesCalls: false }));
  await shut(store);
  return store;
}

async function shut(store: FileMessageStore): Promise<void> {
  for (let time = 0; time < 10 && store.isOpen('201'); time++) {
    for (const number of numbers.slice(1)) await store.messages(number);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.not(store.isOpen('201'));
}

/** What an owner would miss. */
const known = (store: FileMessageStore): string => JSON.stringify([store.owners.storedRecord('201'), store.greetings.current('201', 'greeting'), store.choices.options('201'), store.counts('201')]);

/** Whether the error was one of the medium. */
const refused = (work: Promise<unknown>): Promise<boolean> => work.then(() => false, (error: unknown) => {
  if (error instanceof HalError) return true;
  throw error;
});

type Failing = (operation: SimOperation, first: SimOperation | null, count: number, nth: number) => boolean;
const once: Failing = (_, __, count, nth) => count === nth;
const twice: Failing = ({ kind, path }, first, count, nth) => count === nth || (first !== null && kind === first.kind && path === first.path && count < nth + 6);
const forGood: Failing = ({ kind, path }, first, count, nth) => count === nth || (first !== null && kind === first.kind && path === first.path);
const fromThereOn: Failing = (_, __, count, nth) => count >= nth;

for (const [name, fails] of [['once', once], ['a few times', twice], ['for good', forGood], ['with all that come after it', fromThereOn]] as const) {
  test(`each operation of opening a mailbox again fails ${name}: its owner is known as before, and the disk knows the same`, async () => {
    let [cuts, refusals] = [0, 0];
    for (let nth = 0; ; nth++) {
      const storage = new SimStorage({});
      const store = await filled(storage);
      const before = known(store);
      let count = 0;
      let first = null as SimOperation | null;
      storage.fault = (operation) => {
        if (first === null && !operation.path.startsWith('mailboxes/201')) return null;
        const hit = fails(operation, first, count++, nth);
        if (hit) first ??= operation;
        return hit ? 'io' : null;
      };
      if (await refused(store.messages('201'))) refusals++;
      const at = first === null ? 'none' : `${first.kind} ${first.path}`;
      assert.is(known(store), before, `while ${at} fails`);
      storage.fault = null;
      if (first === null) break;
      cuts++;
      await store.owners.change('201', (owner) => ({ ...owner, wrongTries: 1 }));
      await store.owners.change('201', (owner) => ({ ...owner, wrongTries: 0 }));
      assert.is(known(store), before, `after ${at} has failed`);
      const left = over(storage.afterPowerCut(() => 'drop'), looking, 2);
      await left.open();
      assert.is(known(left), before, `after ${at} has failed and the power`);
    }
    figure(`opening again, failing ${name}: ${cuts} operations, ${refusals} refusals`);
    assert.ok(cuts > 10);
  });
}

for (const [what, slots] of [['its newest copy', ['b']], ['both copies', ['a', 'b']]] as const) {
  test(`of a mailbox that is shut ${what} of a document rots: it is written anew from what memory knows`, async () => {
    for (const document of ['mailbox', 'choices']) {
      for (const slot of slots.length === 2 ? [slots] : [['a'], ['b']]) {
        const storage = new SimStorage({});
        const store = await filled(storage);
        const before = known(store);
        for (const one of slot) storage.flipBit(`mailboxes/201/${document}.${one}`, 8 * 30);
        await store.messages('201');
        assert.is(known(store), before);
        const left = over(storage.afterPowerCut(() => 'drop'), looking, 2);
        await left.open();
        assert.is(known(left), before, `${document} ${slot.join()}`);
      }
    }
  });
}

test.run();

// Power cut at every operation of a stop in good order, and of the start and the changes after it: what the summary says is what the files say.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import { HalError } from '../../hal/errors.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import type { SimStorageOptions } from '../../hal/sim/sim-storage.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { figure } from '../support/figure.ts';
import { chunksOf, leave, makeStore, plainFigures } from '../support/store-fixture.ts';
import type { NamedFates } from './fates.ts';
import { bothViews, everyCombination, randomFates } from './fates.ts';

const numbers = Array.from({ length: 6 }, (_, nth) => String(201 + nth));
/** Trusts what the summary says, and keeps little in memory; looks at everything. */
const [trusting, looking] = [{ atStart: 1, mailboxes: 2, messages: 1000 }, { atStart: 1000, mailboxes: 1000, messages: 100_000 }];
const exhaustiveLimit = 64;
const seeds = 12;
const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
const keptAll = { name: 'all kept', make: () => () => 'keep' as const };

const over = (storage: SimStorage, room = trusting, seed = 1): FileMessageStore => makeStore(storage, {}, seed, new SimClock(), { room, mailboxes: () => numbers }).store;

/** A message in each mailbox, and a PIN; the store is open. */
async function filled(storage: SimStorage): Promise<FileMessageStore> {
  const store = over(storage);
  await store.open();
  for (const number of numbers) await leave(store, number, chunksOf(Number(number), 1));
  await store.owners.change('202', (owner) => ({ ...owner, pin: { salt: 'c2FsdA==', hash: 'aGFzaA==', cost: 2 } }));
  return store;
}

type Work = (storage: SimStorage) => Promise<void>;

/** What happens to the store while the power may go. */
const stops: Work = async (storage) => {
  const store = over(storage);
  await store.open();
  await changes(store, 1);
  await store.close();
};

const goesOn: Work = async (storage) => {
  const store = over(storage, trusting, 2);
  await store.open();
  await changes(store, 2);
};

const stopsTwice: Work = async (storage) => {
  await stops(storage);
  await goesOn(storage);
  const store = over(storage, trusting, 3);
  await store.open();
  await store.close();
};

/** A state, a document, a message, choices: each in another mailbox, so that mailboxes are shut and opened on the way. */
async function changes(store: FileMessageStore, tag: number): Promise<void> {
  const [message] = await store.messages('201');
  await store.mark('201', message?.id ?? '', tag === 1 ? 'old' : 'saved');
  await store.owners.change('202', (owner) => ({ ...owner, wrongTries: tag }));
  await leave(store, '203', chunksOf(tag, 1));
  await store.choices.change('204', (choices) => (choices.options = { takesCalls: tag === 2 }));
  const [other] = await store.messages('205');
  if (tag === 2) await store.purge('205', other?.id ?? '');
}

/** Errors of the disk are answers; the work goes on no further. */
async function attempt(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof HalError)) throw error;
  });
}

const all = (store: FileMessageStore): string[] => numbers.map((number) => JSON.stringify([number, plainFigures(store.figures(number)), store.owners.storedRecord(number), store.choices.record(number)]));

/** What a start that trusts the summary says otherwise than one that looks at everything. `whole` counts starts that had a summary to trust. */
async function lies(storage: SimStorage, fates: NamedFates, tally: Tally): Promise<string[]> {
  const [one, other] = [storage.afterPowerCut(fates.make(), {}), storage.afterPowerCut(fates.make(), {})];
  const [store, truth] = [over(one, trusting, 9), over(other, looking, 9)];
  let looked = 0;
  one.fault = ({ kind, path }) => {
    if (kind === 'list' && path.endsWith('/cur')) looked++;
    return null;
  };
  await Promise.all([store.open(), truth.open()]);
  tally.states++;
  if (looked === 0) tally.trusted++;
  const [said, found] = [all(store), all(truth)];
  return said.filter((one, at) => one !== found[at]).map((one, at) => `${one} and not ${found[at]}`);
}

interface Tally {
  cuts: number;
  states: number;
  trusted: number;
  readonly broken: string[];
}

async function cutEverywhere(work: Work, begin: () => Promise<SimStorage>, fault: 'power-cut' | 'io' = 'power-cut'): Promise<Tally> {
  const tally: Tally = { cuts: 0, states: 0, trusted: 0, broken: [] };
  for (let nth = 0; ; nth++) {
    const storage = await begin();
    let [count, at] = [0, null as SimOperation | null];
    storage.fault = (operation) => {
      if (reads.has(operation.kind) || count++ !== nth) return null;
      at = operation;
      return fault;
    };
    await Promise.race([attempt(work(storage)), storage.powerLost]);
    if (at === null) break;
    tally.cuts++;
    const { kind, path } = at as SimOperation;
    const every = everyCombination((fates) => storage.afterPowerCut(fates), exhaustiveLimit);
    for (const fates of every ?? [...bothViews, ...Array.from({ length: seeds }, (_, seed) => randomFates(nth * 100 + seed))]) {
      tally.broken.push(...(await lies(storage, fates, tally)).map((lie) => `${fault} at ${kind} ${path} (${fates.name}): ${lie}`));
    }
  }
  return tally;
}

const show = (name: string, { cuts, states, trusted, broken }: Tally): void => figure(`${name}: ${cuts} cut points, ${states} states, ${trusted} with a summary that counts, ${broken.length} lies`);

/** As a unit left it that was running: there is no summary. */
async function running(): Promise<SimStorage> {
  const storage = new SimStorage({});
  await filled(storage);
  return storage;
}

/** As a unit left it that stopped in good order. */
async function stopped(options: SimStorageOptions = {}): Promise<SimStorage> {
  const storage = new SimStorage({});
  await (await filled(storage)).close();
  return storage.afterPowerCut(keptAll.make(), options);
}

/** As a unit left it that was killed when it had changed mailboxes since a stop in good order. */
async function killed(): Promise<SimStorage> {
  const storage = await stopped();
  await goesOn(storage);
  return storage;
}

/** Of what it finds, and of what happens then. */
const startsAgain: Work = async (storage) => {
  const store = over(storage, trusting, 4);
  await store.open();
  await changes(store, 1);
};

for (const [name, work, begin] of [
  ['a stop in good order', stops, running],
  ['a start after it', goesOn, () => stopped()],
  ['a start after a kill', startsAgain, killed],
  ['stop, start, stop', stopsTwice, () => stopped()],
] as const) {
  test(`power cut at every operation of ${name}: the next start knows what the files say`, async () => {
    const tally = await cutEverywhere(work, begin);
    show(name, tally);
    assert.equal(tally.broken.slice(0, 5), []);
    assert.ok(tally.cuts > 10 && tally.trusted > 0, `${tally.cuts} cut points, ${tally.trusted} summaries`);
  });

  test(`each operation of ${name} failing in turn, and then the power: the next start knows what the files say`, async () => {
    const tally = await cutEverywhere(work, begin, 'io');
    show(`${name}, failures`, tally);
    assert.equal(tally.broken.slice(0, 5), []);
  });
}

test('control: where the log of changes is not made durable, the summary lies', async () => {
  const tally = await cutEverywhere(goesOn, () => stopped({ syncs: 'none' }));
  show('control without syncs', tally);
  assert.ok(tally.broken.length > 0);
});

test.run();

// Power cut at every write, sync and rename of a small workload, over a storage in memory that forgets what was not synced.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HalErrorId } from '../../hal/errors.ts';
import type { Fates } from '../../hal/sim/sim-content.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import type { SimStorageOptions } from '../../hal/sim/sim-storage.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { figure } from '../support/figure.ts';
import { makeStore } from '../support/store-fixture.ts';
import type { NamedFates } from './fates.ts';
import { bothViews, everyCombination, randomFates } from './fates.ts';
import { prepare, threeMessages } from './shim-workload.ts';
import { brokenPromises, StoreLedger } from './store-ledger.ts';

const exhaustiveLimit = 64;
const seedsPerCut = 24;
const secondCuts = 3;

interface Run {
  readonly storage: SimStorage;
  readonly ledger: StoreLedger;
  /** Numbers of the operations that change something, from the start of the workload on. */
  readonly operations: readonly SimOperation[];
}

const reads = new Set(['open', 'read', 'list', 'stat', 'space']);

/** Runs the workload; `fault` sees the operations since its start, counted from 0. Ends with the workload or the power. */
async function run(options: SimStorageOptions, fault: (operation: SimOperation, nth: number) => HalErrorId | 'power-cut' | null): Promise<Run> {
  const storage = new SimStorage(options);
  const ledger = new StoreLedger();
  const { store } = makeStore(storage);
  await store.open();
  await prepare(store, ledger);
  const operations: SimOperation[] = [];
  storage.fault = (operation) => {
    if (reads.has(operation.kind)) return null;
    operations.push(operation);
    return fault(operation, operations.length - 1);
  };
  await Promise.race([threeMessages(store, ledger), storage.powerLost]);
  return { storage, ledger, operations };
}

const cutAt = (nth: number) => (_: SimOperation, count: number) => (count === nth ? ('power-cut' as const) : null);

/** Boots on what the power cut left, and says what is broken. Rebuilding all indexes must give the same lists. */
async function brokenAfterBoot(storage: SimStorage, ledger: StoreLedger, seed: number): Promise<string[]> {
  const { store } = makeStore(storage, {}, seed);
  await store.open();
  const broken = await brokenPromises(store, ledger);
  const lists = JSON.stringify(['201', '202', '203'].map((mailbox) => store.list(mailbox, true)));
  for (const mailbox of await storage.list('mailboxes')) {
    for (const slot of ['index.a', 'index.b']) {
      if ((await storage.stat(`mailboxes/${mailbox}/${slot}`)) !== null) await storage.remove(`mailboxes/${mailbox}/${slot}`);
    }
  }
  const rebuilt = makeStore(storage, {}, seed).store;
  await rebuilt.open();
  const again = JSON.stringify(['201', '202', '203'].map((mailbox) => rebuilt.list(mailbox, true)));
  return again === lists ? broken : [...broken, `rebuilt lists differ: ${lists} / ${again}`];
}

/** Cuts the power again while start-up is at work, `nth` changing operation; null when start-up had ended by then. */
async function cutDuringBoot(left: SimStorage, nth: number): Promise<SimStorage | null> {
  let count = 0;
  left.fault = ({ kind }) => (!reads.has(kind) && count++ === nth ? 'power-cut' : null);
  const { store } = makeStore(left, {}, 50);
  const ended = await Promise.race([store.open().then(() => true), left.powerLost.then(() => false)]);
  return ended ? null : left;
}

interface Tally {
  cuts: number;
  exhaustive: number;
  states: number;
  secondCuts: number;
  readonly broken: string[];
}

async function powerCuts(options: SimStorageOptions, step = 1): Promise<Tally> {
  const tally: Tally = { cuts: 0, exhaustive: 0, states: 0, secondCuts: 0, broken: [] };
  const { operations } = await run(options, () => null);
  for (let nth = 0; nth < operations.length; nth += step) {
    const { storage, ledger } = await run(options, cutAt(nth));
    const every = everyCombination((fates) => storage.afterPowerCut(fates), exhaustiveLimit);
    const seeded = Array.from({ length: seedsPerCut }, (_, seed) => randomFates(nth * 1000 + seed));
    tally.cuts++;
    if (every !== null) tally.exhaustive++;
    for (const fates of every ?? [...bothViews, ...seeded]) await survive(storage, ledger, fates, operations[nth] as SimOperation, tally);
  }
  return tally;
}

async function survive(storage: SimStorage, ledger: StoreLedger, fates: NamedFates, operation: SimOperation, tally: Tally): Promise<void> {
  const where = `cut at ${operation.kind} ${operation.path} (${fates.name})`;
  const left = (): SimStorage => storage.afterPowerCut(fates.make(), {});
  tally.states++;
  for (const broken of await brokenAfterBoot(left(), ledger, 60)) tally.broken.push(`${where}: ${broken}`);
  for (let again = 0; again < secondCuts; again++) {
    const second = await cutDuringBoot(left(), (tally.states + again * 5) % 16);
    if (second === null) continue;
    tally.secondCuts++;
    const third = second.afterPowerCut(randomFates(tally.states).make(), {});
    for (const broken of await brokenAfterBoot(third, ledger, 70)) tally.broken.push(`${where}, and again during start-up: ${broken}`);
  }
}

const show = (name: string, tally: Tally): void =>
  figure(`${name}: ${tally.cuts} cut points (${tally.exhaustive} exhaustively), ${tally.states} states, ${tally.secondCuts} second cuts, ${tally.broken.length} broken promises`);

test('power cut at every write, sync and rename: every promise is kept', async () => {
  const tally = await powerCuts({});
  show('power cuts', tally);
  assert.equal(tally.broken.slice(0, 5), []);
  assert.ok(tally.cuts > 90, `${tally.cuts} cut points`);
  assert.ok(tally.exhaustive > 20 && tally.secondCuts > 1000);
});

test('control: without syncs messages are lost', async () => {
  const tally = await powerCuts({ syncs: 'none' }, 9);
  show('control without syncs', tally);
  assert.ok(tally.broken.some((broken) => broken.includes('is lost')));
});

test('control: without syncs of folders messages are lost', async () => {
  const tally = await powerCuts({ syncs: 'no-directory' }, 9);
  show('control without folder syncs', tally);
  assert.ok(tally.broken.some((broken) => broken.includes('is lost')));
});

/** Single failures and lasting ones at each operation; then the power goes, in each way. */
async function failures(lasting: boolean): Promise<{ runs: number; states: number; broken: string[] }> {
  const broken: string[] = [];
  let runs = 0;
  let states = 0;
  const { operations } = await run({}, () => null);
  for (const error of ['io', 'no-space', 'read-only'] as const) {
    for (let nth = 0; nth < operations.length; nth++) {
      const { storage, ledger } = await run({}, (_, count) => ((lasting ? count >= nth : count === nth) ? error : null));
      runs++;
      for (const { name, make } of [...bothViews, randomFates(nth)]) {
        states++;
        const found = await brokenAfterBoot(storage.afterPowerCut(make() as Fates, {}), ledger, 80);
        broken.push(...found.map((one) => `${error} at ${operations[nth]?.kind} ${operations[nth]?.path} (${name}): ${one}`));
      }
    }
  }
  return { runs, states, broken };
}

test('each operation failing in turn with io, no-space, read-only: what was acknowledged survives the next power cut', async () => {
  const { runs, states, broken } = await failures(false);
  figure(`single failures: ${runs} runs, ${states} states, ${broken.length} broken promises`);
  assert.equal(broken.slice(0, 5), []);
});

test('a disk that fails for good from each operation on: what was acknowledged survives', async () => {
  const { runs, states, broken } = await failures(true);
  figure(`lasting failures: ${runs} runs, ${states} states, ${broken.length} broken promises`);
  assert.equal(broken.slice(0, 5), []);
});

test.run();

// Power cut at every write, sync and rename while one unit takes a version of the site from another, and while it publishes its own:
// after the boot all of the old version is in force, or all of the new one.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { SiteError } from '../../firmware/site/site-error.ts';
import type { HalErrorId } from '../../hal/errors.ts';
import { HalError } from '../../hal/errors.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import type { SimStorageOptions } from '../../hal/sim/sim-storage.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import type { SiteUnit } from '../support/site/site-fixture.ts';
import { boot, carry, greet, heard, pinOf, setPin, settingsOf, settingsText } from '../support/site/site-fixture.ts';
import type { NamedFates } from './fates.ts';
import { bothViews, randomFates } from './fates.ts';

const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
const seedsPerCut = 2;

/** All that the product shows of the site; what is named and cannot be read is shown as such. */
async function shown(unit: SiteUnit): Promise<string> {
  return all(unit).catch((error: unknown) => {
    if (error instanceof HalError) return `broken: ${error.message}`;
    throw error;
  });
}

async function all(unit: SiteUnit): Promise<string> {
  const greetings = await Promise.all((['201', '202', '203'] as const).map((mailbox) => heard(unit, mailbox)));
  const pins = ['201', '202', '203'].map((mailbox) => pinOf(unit, mailbox));
  return JSON.stringify({ greetings, names: await heard(unit, '201', 'name'), pins, minLength: unit.settings.settings.pins.minLength, boxes: unit.settings.settings.mailboxes.length });
}

/** The same site on both; then `a` changes a bit of everything: `b` is left to take it. */
async function twoVersions(options: SimStorageOptions): Promise<{ a: SiteUnit; disk: SimStorage; old: string; next: string }> {
  const a = await boot('a', new SimStorage());
  await a.state.seed();
  await greet(a, '201', 1);
  await greet(a, '202', 2);
  await setPin(a, '201', 1);
  await a.state.publish();
  const disk = new SimStorage(options);
  const b = await boot('b', disk);
  await carry(a, b);
  await carry(b, a);
  const old = await shown(b);
  await b.state.close();
  await greet(a, '201', 3, 2, 50_000);
  await a.store.greetings.remove('202', 'greeting');
  await greet(a, '203', 4);
  await setPin(a, '201', 2);
  await setPin(a, '203', 3);
  await a.settings.reload(settingsOf(settingsText(8, ['201', '202', '203'])));
  await a.state.publish();
  return { a, disk, old, next: await shown(a) };
}

interface Cut {
  readonly disk: SimStorage;
  readonly operations: readonly SimOperation[];
  /** What `work` came to before the power went. */
  readonly ended: 'done' | 'refused' | 'cut';
}

/** Boots on `disk`, then runs the work with `fault` seeing its changing operations, counted from 0. */
async function run(disk: SimStorage, work: (unit: SiteUnit) => Promise<unknown>, fault: (nth: number) => HalErrorId | 'power-cut' | null): Promise<Cut> {
  const unit = await boot('b', disk);
  const operations: SimOperation[] = [];
  disk.fault = (operation) => {
    if (reads.has(operation.kind)) return null;
    operations.push(operation);
    return fault(operations.length - 1);
  };
  const ended = await Promise.race([outcome(work(unit)), disk.powerLost.then(() => 'cut' as const)]);
  disk.fault = null;
  return { disk, operations, ended };
}

async function outcome(work: Promise<unknown>): Promise<'done' | 'refused'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof HalError || error instanceof SiteError) return 'refused';
    throw error;
  }
}

const fatesFor = (nth: number): NamedFates[] => [...bothViews, ...Array.from({ length: seedsPerCut }, (_, seed) => randomFates(nth * 100 + seed))];
const copy = (disk: SimStorage, options: SimStorageOptions = {}): SimStorage => disk.afterPowerCut(() => 'keep', options);

interface Tally {
  cuts: number;
  states: number;
  readonly seen: { old: number; next: number };
  readonly broken: string[];
}

/** Cuts at every operation of `work`; `allowed` says which states may be found. Each survivor must then come to `final`. */
async function cutEverywhere(disk: SimStorage, work: (unit: SiteUnit) => Promise<unknown>, allowed: { old: string; next: string }, finish: (unit: SiteUnit) => Promise<unknown>, options: SimStorageOptions = {}, step = 1): Promise<Tally> {
  const tally: Tally = { cuts: 0, states: 0, seen: { old: 0, next: 0 }, broken: [] };
  const { operations } = await run(copy(disk, options), work, () => null);
  for (let nth = 0; nth < operations.length; nth += step) {
    tally.cuts++;
    const cut = await run(copy(disk, options), work, (count) => (count === nth ? 'power-cut' : null));
    for (const { name, make } of fatesFor(nth)) {
      const where = `cut at ${operations[nth]?.kind} ${operations[nth]?.path} (${name})`;
      await survive(cut.disk.afterPowerCut(make(), {}), where, allowed, finish, tally);
    }
  }
  return tally;
}

async function survive(left: SimStorage, where: string, allowed: { old: string; next: string }, finish: (unit: SiteUnit) => Promise<unknown>, tally: Tally): Promise<void> {
  tally.states++;
  const unit = await boot('b', left);
  const found = await shown(unit);
  if (found === allowed.old) tally.seen.old++;
  else if (found === allowed.next) tally.seen.next++;
  else tally.broken.push(`${where}: ${found.slice(0, 300)}`);
  if (!unit.state.inForce) tally.broken.push(`${where}: not all is in force after the boot`);
  await finish(unit);
  if ((await shown(unit)) !== allowed.next) tally.broken.push(`${where}: does not come to the new version`);
  await unit.state.close();
}

const show = (name: string, { cuts, states, seen, broken }: Tally): void => figure(`${name}: ${cuts} cut points, ${states} states (${seen.old} old, ${seen.next} new), ${broken.length} broken promises`);

test('power cut while taking a version: the boot finds all of the old one or all of the new one, and the next exchange brings the new one', async () => {
  const { a, disk, old, next } = await twoVersions({});
  assert.is.not(old, next);
  const tally = await cutEverywhere(disk, (unit) => carry(a, unit), { old, next }, (unit) => carry(a, unit));
  show('taking', tally);
  assert.equal(tally.broken.slice(0, 5), []);
  assert.ok(tally.cuts > 60 && tally.seen.old > 100 && tally.seen.next > 100, JSON.stringify(tally.seen));
});

test('control: without syncs of content a version is half in force', async () => {
  const { a, disk, old, next } = await twoVersions({});
  const tally = await cutEverywhere(disk, (unit) => carry(a, unit), { old, next }, (unit) => carry(a, unit).catch(() => undefined), { syncs: 'none' }, 3);
  show('control without syncs', tally);
  assert.ok(tally.broken.length > 0);
});

test('power cut while publishing: nothing that was acknowledged goes back, and what was changed is published in the end', async () => {
  const { disk, old } = await twoVersions({});
  const work = async (unit: SiteUnit): Promise<void> => {
    await setPin(unit, '201', 7);
    await unit.state.publish();
  };
  const changed = await boot('b', copy(disk));
  await work(changed);
  const tally = await cutEverywhere(disk, work, { old, next: await shown(changed) }, work);
  show('publishing', tally);
  assert.equal(tally.broken.slice(0, 5), []);
  assert.ok(tally.cuts > 10);
});

test('each operation failing in turn with io, no-space, read-only: old or new after the next power cut, and the next exchange brings the new one', async () => {
  const { a, disk, old, next } = await twoVersions({});
  const { operations } = await run(copy(disk), (unit) => carry(a, unit), () => null);
  const tally: Tally = { cuts: 0, states: 0, seen: { old: 0, next: 0 }, broken: [] };
  let refusals = 0;
  for (const error of ['io', 'no-space', 'read-only'] as const) {
    for (let nth = 0; nth < operations.length; nth++) {
      tally.cuts++;
      const failed = await run(copy(disk), (unit) => carry(a, unit), (count) => (count === nth ? error : null));
      if (failed.ended === 'refused') refusals++;
      for (const { name, make } of [bothViews[0], randomFates(nth)].filter((one) => one !== undefined)) {
        const where = `${error} at ${operations[nth]?.kind} ${operations[nth]?.path} (${name})`;
        await survive(failed.disk.afterPowerCut(make(), {}), where, { old, next }, (unit) => carry(a, unit), tally);
      }
    }
  }
  show(`failures (${refusals} refused)`, tally);
  assert.equal(tally.broken.slice(0, 5), []);
  assert.ok(refusals > 100);
});

test.run();

// Power cut at every write, sync and rename on either side while messages come home: each is there at least once whenever the two have
// booted, and at home exactly once when they have talked.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import { HalError } from '../../hal/errors.ts';
import type { SimOperation, SimStorageOptions } from '../../hal/sim/sim-storage.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { allOf, heardOf, HomeWorld } from '../support/home-world.ts';
import type { HomeUnit } from '../support/home-world.ts';
import { chunksOf, leave } from '../support/store-fixture.ts';
import type { NamedFates } from './fates.ts';
import { bothViews, randomFates } from './fates.ts';

const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
const seedsPerCut = 2;
const limitMs = 4 * 3_600_000;

interface Left {
  readonly message: Message;
  readonly audio: Buffer;
}

interface Disks {
  readonly home: SimStorage;
  readonly away: SimStorage;
}

const copy = (disk: SimStorage, options: SimStorageOptions = {}): SimStorage => disk.afterPowerCut(() => 'keep', options);

/** A primary that has served before, and a backup with one long message that its owner has saved, and two short ones. */
async function prepared(): Promise<{ disks: Disks; left: Left[] }> {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.mode = 'none'));
  await leave(home.store, '202', chunksOf(9, 1));
  const left: Left[] = [];
  for (const [mailbox, chunks] of [['201', chunksOf(1, 3, 24_000)], ['202', chunksOf(2, 1)], ['201', chunksOf(3, 1)]] as const) {
    left.push({ message: await leave(away.store, mailbox, chunks), audio: Buffer.concat(chunks) });
  }
  await away.store.mark('201', left[0]?.message.id ?? '', 'saved');
  world.off(home);
  world.off(away);
  return { disks: { home: home.storage, away: away.storage }, left };
}

/** What else happens besides the fault. */
interface Besides {
  /** The owner purges this one as soon as it is at home. */
  readonly purges?: string;
  /** A bit of the first part flips on the primary's disk before it is whole. */
  readonly rots?: boolean;
  /** After the fault, the owner purges this one at home before the two have talked. */
  readonly purgesAfterBoot?: string;
}

interface Running {
  readonly world: HomeWorld;
  readonly home: HomeUnit;
  readonly away: HomeUnit;
}

async function boot({ home, away }: Disks, seed = 1, apart = false): Promise<Running> {
  const world = new HomeWorld(seed);
  if (apart) world.cut();
  return { world, away: await world.boot('backup', away), home: await world.boot('primary', home) };
}

type Side = 'home' | 'away';

interface Run extends Running {
  readonly operations: SimOperation[];
  /** The owner's purge at home was acknowledged. */
  readonly purged: boolean;
}

/** Both boot; then the changing operations of one side, counted from 0, meet `fault` until all is home or the power is gone. */
async function run(disks: Disks, side: Side, fault: (nth: number) => 'power-cut' | 'io' | 'no-space' | 'read-only' | null, { purges, rots = false }: Besides = {}): Promise<Run> {
  const running = await boot(disks);
  const { world, home, away } = running;
  const operations: SimOperation[] = [];
  let lost = false;
  let parts = 0;
  let purged = false;
  disks[side].fault = (operation) => {
    if (reads.has(operation.kind)) return null;
    operations.push(operation);
    if (rots && operation.kind === 'write' && operation.path.endsWith('.part') && parts++ === 1) disks[side].flipBit(operation.path, 8 * 40_000);
    return fault(operations.length - 1);
  };
  void disks[side].powerLost.then(() => (lost = true));
  home.store.changed = (mailbox) => {
    if (purges === undefined || !home.store.list(mailbox, true).some(({ id }) => id === purges)) return;
    void home.store.purge(mailbox, purges).then(() => (purged = true), borne);
  };
  await world.clock.until(() => lost || away.store.transfer.taken('blaise').messages === 0, limitMs, 500);
  await world.clock.advance(lost ? 0 : 2000);
  disks[side].fault = null;
  world.off(home);
  world.off(away);
  return { ...running, operations, get purged() { return purged; } };
}

function borne(error: unknown): void {
  if (!(error instanceof HalError)) throw error;
}

/** What is wrong: after the boot something is missing, or in the end something is not there exactly once. */
async function broken(disks: Disks, left: readonly Left[], purge: { id: string; done: boolean } | null, besides: Besides = {}): Promise<string[]> {
  const { world, home, away } = await boot(disks, 2, true);
  const found: string[] = [];
  const ids = (unit: HomeUnit): string[] => allOf(unit).map(({ id }) => id);
  const everywhere = [...ids(home), ...ids(away)];
  for (const { message } of left) if (!everywhere.includes(message.id) && purge?.id !== message.id) found.push(`${message.id} is on neither after the boot`);
  const purged = besides.purgesAfterBoot ?? '';
  const wasHome = ids(home).includes(purged);
  if (wasHome) await home.store.purge('201', purged);
  world.heal();
  await world.allHome(away, limitMs);
  await world.clock.advance(1000);
  if (wasHome && ids(home).includes(purged)) return [`${purged} came back`];
  for (const { message, audio } of left) {
    const state = message === left[0]?.message ? 'saved' : 'new';
    const copies = allOf(home).filter(({ id }) => id === message.id);
    const optional = purge?.id === message.id;
    if (wasHome && message.id === purged) continue;
    if (copies.length !== 1 && !(optional && copies.length === 0)) found.push(`${message.id} is at home ${copies.length} times`);
    if (optional && purge.done && copies.length > 0) found.push(`${message.id} came back`);
    if (copies.some((one) => one.state !== state)) found.push(`${message.id} is ${copies[0]?.state}`);
    if (copies.length === 1 && !(await heardOf(home, message)).equals(audio)) found.push(`${message.id} sounds otherwise`);
  }
  if (ids(away).length > 0) found.push('the backup still has some');
  if (ids(home).length > left.length + 1) found.push('there are more than were left');
  world.off(home);
  world.off(away);
  return found;
}

interface Tally {
  cuts: number;
  states: number;
  readonly broken: string[];
}

const fatesFor = (nth: number): NamedFates[] => [...bothViews, ...Array.from({ length: seedsPerCut }, (_, seed) => randomFates(nth * 100 + seed))];

async function cutEverywhere(side: Side, besidesOf: (id: string) => Besides, options: SimStorageOptions = {}, step = 1): Promise<Tally> {
  const { disks, left } = await prepared();
  const fresh = (): Disks => ({ home: copy(disks.home, side === 'home' ? options : {}), away: copy(disks.away, side === 'away' ? options : {}) });
  const besides = besidesOf(left[0]?.message.id ?? '');
  const tally: Tally = { cuts: 0, states: 0, broken: [] };
  const { operations } = await run(fresh(), side, () => null, besides);
  for (let nth = 0; nth < operations.length; nth += step) {
    const cut = fresh();
    const { purged } = await run(cut, side, (count) => (count === nth ? 'power-cut' : null), besides);
    tally.cuts++;
    for (const { name, make } of fatesFor(nth)) {
      tally.states++;
      const after = { home: copy(cut.home), away: copy(cut.away), [side]: cut[side].afterPowerCut(make(), {}) };
      const faults = await broken(after, left, besides.purges === undefined ? null : { id: besides.purges, done: purged }, besides);
      tally.broken.push(...faults.map((fault) => `${side} cut at ${operations[nth]?.kind} ${operations[nth]?.path} (${name}): ${fault}`));
    }
  }
  return tally;
}

const show = (name: string, { cuts, states, broken }: Tally): void => figure(`${name}: ${cuts} cut points, ${states} states, ${broken.length} broken promises`);

test('power-cut-on-the-primary-at-every-write', async () => {
  const tally = await cutEverywhere('home', () => ({}));
  show('primary', tally);
  assert.equal(tally.broken.slice(0, 5), []);
  assert.ok(tally.cuts > 50, `${tally.cuts} cut points`);
});

test('power-cut-on-the-backup-at-every-write', async () => {
  const tally = await cutEverywhere('away', () => ({}));
  show('backup', tally);
  assert.equal(tally.broken.slice(0, 5), []);
  assert.ok(tally.cuts > 8, `${tally.cuts} cut points`);
});

test('power-cut-on-the-primary-while-an-owner-purges-what-has-just-come', async () => {
  const tally = await cutEverywhere('home', (id) => ({ purges: id }));
  show('primary with a purge', tally);
  assert.equal(tally.broken.slice(0, 5), []);
});

test('power-cut-on-the-primary-and-an-owner-who-purges-before-the-two-have-talked-again', async () => {
  const tally = await cutEverywhere('home', (id) => ({ purgesAfterBoot: id }));
  show('primary with a purge after the boot', tally);
  assert.equal(tally.broken.slice(0, 5), []);
});

test('power-cut-on-the-primary-whose-disk-damages-a-part', async () => {
  const tally = await cutEverywhere('home', () => ({ rots: true }));
  show('primary with a damaged part', tally);
  assert.equal(tally.broken.slice(0, 5), []);
});

for (const syncs of ['none', 'no-directory'] as const) {
  test(`control: a primary whose syncs do nothing (${syncs}) loses messages`, async () => {
    const tally = await cutEverywhere('home', () => ({}), { syncs }, 4);
    show(`control ${syncs}`, tally);
    assert.ok(tally.broken.length > 0);
  });
}

test('each operation of either side failing in turn with io, no-space, read-only: all come home, once, and survive the next power cut', async () => {
  const { disks, left } = await prepared();
  const fresh = (): Disks => ({ home: copy(disks.home), away: copy(disks.away) });
  const found: string[] = [];
  let runs = 0;
  for (const side of ['home', 'away'] as const) {
    const { operations } = await run(fresh(), side, () => null);
    for (const error of ['io', 'no-space', 'read-only'] as const) {
      for (let nth = 0; nth < operations.length; nth++) {
        runs++;
        const tried = fresh();
        const { away } = await run(tried, side, (count) => (count === nth ? error : null));
        const where = `${side} ${error} at ${operations[nth]?.kind} ${operations[nth]?.path}`;
        if (allOf(away).length > 0) found.push(`${where}: not all went home`);
        const after = { home: tried.home.afterPowerCut(() => 'drop', {}), away: tried.away.afterPowerCut(() => 'drop', {}) };
        found.push(...(await broken(after, left, null)).map((fault) => `${where}: ${fault}`));
      }
    }
  }
  figure(`single failures: ${runs} runs, ${found.length} broken promises`);
  assert.equal(found.slice(0, 5), []);
});

test.run();

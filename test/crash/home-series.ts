import { figure } from '../support/figure.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import { HalError } from '../../hal/errors.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import type { SimStorage, SimStorageOptions } from '../../hal/sim/sim-storage.ts';
import { allOf, heardOf, HomeWorld } from '../support/home-world.ts';
import type { HomeUnit } from '../support/home-world.ts';
import type { NamedFates } from './fates.ts';
import { bothViews, randomFates } from './fates.ts';

const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
const seedsPerCut = 2;
export const limitMs = 4 * 3_600_000;

export interface Left {
  readonly message: Message;
  /** In which it is at home in the end. */
  readonly state: Message['state'];
  readonly audio: Buffer;
}

export interface Disks {
  readonly home: SimStorage;
  readonly away: SimStorage;
}

export const copy = (disk: SimStorage, options: SimStorageOptions = {}): SimStorage => disk.afterPowerCut(() => 'keep', options);

/** What the two have when the series begins. */
export interface Prepared {
  readonly disks: Disks;
  readonly left: readonly Left[];
}

/** What else happens besides the fault. */
export interface Besides {
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

export async function boot({ home, away }: Disks, seed = 1, apart = false): Promise<Running> {
  const world = new HomeWorld(seed);
  if (apart) world.cut();
  return { world, away: await world.boot('backup', away), home: await world.boot('primary', home) };
}

export type Side = 'home' | 'away';

export interface Run extends Running {
  readonly operations: SimOperation[];
  /** The owner's purge at home was acknowledged. */
  readonly purged: boolean;
}

/** Both boot; then the changing operations of one side, counted from 0, meet `fault` until all is home or the power is gone. */
export async function run(disks: Disks, side: Side, fault: (nth: number) => 'power-cut' | 'io' | 'no-space' | 'read-only' | null, { purges, rots = false }: Besides = {}): Promise<Run> {
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
export async function broken(disks: Disks, left: readonly Left[], purge: { id: string; done: boolean } | null, besides: Besides = {}): Promise<string[]> {
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
  for (const { message, audio, state } of left) {
    const copies = allOf(home).filter(({ id }) => id === message.id);
    const optional = purge?.id === message.id;
    if (wasHome && message.id === purged) continue;
    if (copies.length !== 1 && !(optional && copies.length === 0)) found.push(`${message.id} is at home ${copies.length} times`);
    if (optional && purge.done && copies.length > 0) found.push(`${message.id} came back`);
    if (copies.some((one) => one.state !== state)) found.push(`${message.id} is ${copies[0]?.state}`);
    if (copies.length === 1 && !(await heard(home, message)).equals(audio)) found.push(`${message.id} sounds otherwise`);
  }
  if (ids(away).length > 0) found.push('the backup still has some');
  if (ids(home).length > left.length + 1) found.push('there are more than were left');
  world.off(home);
  world.off(away);
  return found;
}

/** Empty when it cannot be read. */
const heard = (unit: HomeUnit, message: Message): Promise<Buffer> => heardOf(unit, message).catch((error: unknown) => (borne(error), Buffer.alloc(0)));

export interface Tally {
  cuts: number;
  states: number;
  readonly broken: string[];
}

const fatesFor = (nth: number): NamedFates[] => [...bothViews, ...Array.from({ length: seedsPerCut }, (_, seed) => randomFates(nth * 100 + seed))];

export async function cutEverywhere({ disks, left }: Prepared, side: Side, besidesOf: (id: string) => Besides, options: SimStorageOptions = {}, step = 1): Promise<Tally> {
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

export const show = (name: string, { cuts, states, broken }: Tally): void => figure(`${name}: ${cuts} cut points, ${states} states, ${broken.length} broken promises`);

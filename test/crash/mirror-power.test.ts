// Power cut at every write, sync and rename on either unit while the two come into step: whatever was stored is there, and in the end both hold
// the same, states and purges as the rules say.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import { HalError } from '../../hal/errors.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import type { SimStorageOptions } from '../../hal/sim/sim-storage.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { heardAt, holds, MirrorWorld } from '../support/mirror-world.ts';
import type { MirrorUnit, Rank } from '../support/mirror-world.ts';
import { chunksOf, leave } from '../support/store-fixture.ts';
import type { NamedFates } from './fates.ts';
import { bothViews, randomFates } from './fates.ts';

const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
const minuteMs = 60_000;
const limitMs = 2 * 60 * minuteMs;

type Disks = Record<Rank, SimStorage>;

/** What both hold in the end. */
interface Expected {
  readonly message: Message;
  readonly audio: Buffer;
  readonly state: Message['state'];
}

interface Prepared {
  readonly disks: Disks;
  readonly expected: readonly Expected[];
  /** Purged on one unit. */
  readonly purged: string;
}

const copy = (disk: SimStorage, options: SimStorageOptions = {}): SimStorage => disk.afterPowerCut(() => 'keep', options);

/** Apart: each has taken messages, one was saved here and deleted there, one heard, one purged. */
async function prepared(): Promise<Prepared> {
  const { world, a, b } = await MirrorWorld.withUnits();
  const [both, heard, gone] = [await leave(a.store, '201', chunksOf(1, 1)), await leave(b.store, '202', chunksOf(2, 1)), await leave(a.store, '202', chunksOf(3, 1))];
  assert.ok(await world.inStep(a, b));
  world.cut();
  const [long, short] = [await leave(a.store, '201', chunksOf(4, 3, 24_000)), await leave(b.store, '203', chunksOf(5, 1))];
  await a.store.mark('201', both.id, 'saved');
  await b.store.mark('201', both.id, 'deleted');
  await b.store.mark('202', heard.id, 'old');
  await a.store.purge('202', gone.id);
  for (const unit of [a, b]) world.off(unit);
  const expected = ([[both, 1, 1, 8000, 'saved'], [heard, 2, 1, 8000, 'old'], [long, 4, 3, 24_000, 'new'], [short, 5, 1, 8000, 'new']] as const).map(
    ([message, tag, count, bytes, state]) => ({ message, state, audio: Buffer.concat(chunksOf(tag, count, bytes)) }),
  );
  return { disks: { primary: copy(a.storage), backup: copy(b.storage) }, expected, purged: gone.id };
}

async function boot({ primary, backup }: Disks, seed: number, apart = false): Promise<{ world: MirrorWorld; a: MirrorUnit; b: MirrorUnit }> {
  const world = new MirrorWorld(seed);
  if (apart) world.cut();
  return { world, b: await world.boot('backup', backup), a: await world.boot('primary', primary) };
}

/** Both boot; then the changing operations of one side, counted from 0, meet `fault` until the two are in step or the power is gone. */
async function run(disks: Disks, side: Rank, fault: (nth: number) => 'power-cut' | 'io' | 'no-space' | 'read-only' | null): Promise<readonly SimOperation[]> {
  const { world, a, b } = await boot(disks, 1);
  const operations: SimOperation[] = [];
  let lost = false;
  disks[side].fault = (operation) => {
    if (reads.has(operation.kind)) return null;
    operations.push(operation);
    return fault(operations.length - 1);
  };
  void disks[side].powerLost.then(() => (lost = true));
  const inStep = (): boolean => [a, b].every(({ mirror }) => mirror.status().connected && mirror.status().behind.seconds === 0) && holds(a).length === 4 && holds(b).length === 4;
  await world.clock.until(() => lost || inStep(), limitMs, 500);
  await world.clock.advance(lost ? 0 : 2000);
  disks[side].fault = null;
  world.off(a);
  world.off(b);
  return operations;
}

/** What is wrong: after the boot something is missing, or in the end the two do not hold what they should. */
async function broken(disks: Disks, { expected, purged }: Prepared): Promise<string[]> {
  const { world, a, b } = await boot(disks, 2, true);
  const found: string[] = [];
  const everywhere = [...holds(a), ...holds(b)].map(({ id }) => id);
  for (const { message } of expected) if (!everywhere.includes(message.id)) found.push(`${message.id} is on neither after the boot`);
  world.heal();
  if (!(await world.inStep(a, b, limitMs))) found.push('the two do not come to hold the same');
  for (const unit of [a, b]) found.push(...(await brokenUnit(unit, expected)));
  if ([a, b].some((unit) => holds(unit).some(({ id }) => id === purged))) found.push(`${purged} came back`);
  world.off(a);
  world.off(b);
  return found;
}

async function brokenUnit(unit: MirrorUnit, expected: readonly Expected[]): Promise<string[]> {
  const found: string[] = [];
  for (const { message, audio, state } of expected) {
    const copies = holds(unit).filter(({ id }) => id === message.id);
    if (copies.length !== 1) found.push(`${message.id} is ${copies.length} times on the ${unit.rank}`);
    if (copies.some((one) => one.state !== state)) found.push(`${message.id} is ${copies[0]?.state} on the ${unit.rank}`);
    if (copies.length === 1 && !(await heard(unit, message)).equals(audio)) found.push(`${message.id} sounds otherwise on the ${unit.rank}`);
  }
  return found;
}

/** Empty when it cannot be read. */
const heard = (unit: MirrorUnit, message: Message): Promise<Buffer> =>
  heardAt(unit, message).catch((error: unknown) => {
    if (error instanceof HalError) return Buffer.alloc(0);
    throw error;
  });

const fatesFor = (nth: number): NamedFates[] => [...bothViews, randomFates(nth * 100), randomFates(nth * 100 + 1)];

async function cutEverywhere(side: Rank): Promise<{ cuts: number; states: number; broken: string[] }> {
  const start = await prepared();
  const fresh = (): Disks => ({ primary: copy(start.disks.primary), backup: copy(start.disks.backup) });
  const tally = { cuts: 0, states: 0, broken: [] as string[] };
  const operations = await run(fresh(), side, () => null);
  for (let nth = 0; nth < operations.length; nth++) {
    const cut = fresh();
    await run(cut, side, (count) => (count === nth ? 'power-cut' : null));
    tally.cuts++;
    for (const { name, make } of fatesFor(nth)) {
      tally.states++;
      const after = { primary: copy(cut.primary), backup: copy(cut.backup), [side]: cut[side].afterPowerCut(make(), {}) };
      const faults = await broken(after, start);
      tally.broken.push(...faults.map((fault) => `${side} cut at ${operations[nth]?.kind} ${operations[nth]?.path} (${name}): ${fault}`));
    }
  }
  figure(`${side}: ${tally.cuts} cut points, ${tally.states} states, ${tally.broken.length} broken promises`);
  return tally;
}

for (const side of ['primary', 'backup'] as const) {
  test(`power-cut-at-every-write-of-the-${side}`, async () => {
    const tally = await cutEverywhere(side);
    assert.equal(tally.broken.slice(0, 5), []);
    assert.ok(tally.cuts > 15, `${tally.cuts} cut points`);
  });
}

/** The two come into step; then one loses its power, and the other its disk. */
async function thenTheOtherIsLost(side: Rank, options: SimStorageOptions): Promise<string[]> {
  const start = await prepared();
  const found: string[] = [];
  for (const { name, make } of fatesFor(1)) {
    const disks = { primary: copy(start.disks.primary, side === 'primary' ? options : {}), backup: copy(start.disks.backup, side === 'backup' ? options : {}) };
    await run(disks, side, () => null);
    const other = side === 'primary' ? 'backup' : 'primary';
    const after = { primary: new SimStorage(), backup: new SimStorage(), [side]: disks[side].afterPowerCut(make(), {}), [other]: new SimStorage() };
    found.push(...(await broken(after, start)).map((fault) => `${name}: ${fault}`));
  }
  return found;
}

for (const side of ['primary', 'backup'] as const) {
  test(`in-step-then-power-cut-on-the-${side}-and-the-other-lost-with-its-disk: all is there`, async () => {
    assert.equal((await thenTheOtherIsLost(side, {})).slice(0, 5), []);
  });

  test(`control: a ${side} whose syncs do nothing then loses messages`, async () => {
    const found = await thenTheOtherIsLost(side, { syncs: 'none' });
    figure(`${side}, control: ${found.length} broken promises`);
    assert.ok(found.length > 0);
  });
}

test('each operation of either unit failing in turn with io, no-space, read-only: the two come into step, and survive the next power cut', async () => {
  const start = await prepared();
  const fresh = (): Disks => ({ primary: copy(start.disks.primary), backup: copy(start.disks.backup) });
  const found: string[] = [];
  let runs = 0;
  for (const side of ['primary', 'backup'] as const) {
    const operations = await run(fresh(), side, () => null);
    for (const error of ['io', 'no-space', 'read-only'] as const) {
      for (let nth = 0; nth < operations.length; nth++) {
        runs++;
        const tried = fresh();
        await run(tried, side, (count) => (count === nth ? error : null));
        const after = { primary: tried.primary.afterPowerCut(() => 'drop', {}), backup: tried.backup.afterPowerCut(() => 'drop', {}) };
        found.push(...(await broken(after, start)).map((fault) => `${side} ${error} at ${operations[nth]?.kind} ${operations[nth]?.path}: ${fault}`));
      }
    }
  }
  figure(`single failures: ${runs} runs, ${found.length} broken promises`);
  assert.equal(found.slice(0, 5), []);
});

test.run();

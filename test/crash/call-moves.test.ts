// Power cut at every write, sync and rename of either unit while a call in progress moves from the primary to the backup: in the end there is one
// message, at home, with all that was acknowledged and at most the last second of what was not, in order, nothing twice.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HalErrorId } from '../../hal/errors.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import type { SimStorageOptions } from '../../hal/sim/sim-storage.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { figure } from '../support/figure.ts';
import type { LiveHalf, ScriptedCall, Side } from '../support/failover/live-world.ts';
import { LiveWorld } from '../support/failover/live-world.ts';
import { allOf, heardOf, HomeWorld } from '../support/home-world.ts';
import { audio } from '../support/store-fixture.ts';
import type { NamedFates } from './fates.ts';
import { bothViews } from './fates.ts';

const chunkBytes = 4000;
const before = 4;
const after = 4;
/** A second of audio. */
const mayMiss = 2;
const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
const chunk = (nth: number): Uint8Array => audio(1, nth, chunkBytes);

interface Moved {
  readonly disks: Readonly<Record<Side, SimStorage>>;
  /** Operations of the side that was watched. */
  readonly operations: number;
  /** The message was acknowledged to its caller. */
  readonly stored: boolean;
  /** Chunks in order as they were spoken to whoever had the call. */
  readonly spoken: readonly number[];
}

/** One call, moved by command or by the death of the primary; the power of `side` is cut at operation `cutAt`. */
async function move(side: Side, cutAt: number, planned: boolean, options: SimStorageOptions = {}): Promise<Moved> {
  const disks = { primary: new SimStorage(options), backup: new SimStorage(options) };
  const world = await LiveWorld.make(disks.primary, disks.backup);
  const spoken: number[] = [];
  const speak = async (half: LiveHalf, call: ScriptedCall, count: number): Promise<void> => {
    for (let nth = 0; nth < count; nth++) {
      half.speak(call, chunk(spoken.length));
      spoken.push(spoken.length);
      await world.advance(500);
    }
  };
  const call = await world.primary.call(1);
  let operations = 0;
  let lost = false;
  disks[side].fault = ({ kind }: SimOperation): HalErrorId | 'power-cut' | null => (reads.has(kind) || operations++ !== cutAt ? null : 'power-cut');
  void disks[side].powerLost.then(() => {
    lost = true;
    world[side].live.stop();
    world.connections.at(-1)?.close();
  });
  await speak(world.primary, call, before);
  if (planned && !lost) {
    const ready = world.primary.live.prepare();
    await world.advance(150);
    await ready;
  }
  const backupDead = (): boolean => lost && side === 'backup';
  if (!backupDead()) {
    world.backup.live.serving(true);
    world.backup.live.takeOver();
    await world.advance(20);
    if (planned) world.primary.live.serving(false);
    await world.advance(50);
  }
  const there = world.backup.calls[0];
  const [half, goesOn] = there === undefined || backupDead() ? [world.primary, call] as const : [world.backup, there] as const;
  let stored = false;
  if (half === world.backup || goesOn.moves) {
    await speak(half, goesOn, after).catch(() => undefined);
    void goesOn.writer?.finish('hang-up').then(() => (stored = true), () => undefined);
  }
  await world.advance(15_000);
  world.stop();
  await world.advance(100);
  return { disks, operations, stored, spoken };
}

/** What is wrong after both have started again and have talked. */
async function broken({ disks, stored, spoken }: Moved, dead: Side, fates: NamedFates): Promise<string[]> {
  const left = (side: Side): SimStorage => disks[side].afterPowerCut(side === dead ? fates.make() : () => 'keep');
  const world = new HomeWorld(1);
  const backup = await world.boot('backup', left('backup'));
  const primary = await world.boot('primary', left('primary'));
  const home = await world.allHome(backup);
  const [message, ...more] = allOf(primary);
  const faults: string[] = [];
  if (!home || allOf(backup).length > 0) faults.push('the backup still has its part');
  if (more.length > 0) faults.push(`${more.length + 1} messages`);
  if (message === undefined) faults.push('no message');
  else faults.push(...wrong(await heardOf(primary, message), spoken, stored));
  for (const unit of [primary, backup]) world.off(unit);
  return faults;
}

function wrong(heard: Uint8Array, spoken: readonly number[], stored: boolean): string[] {
  const found: number[] = [];
  for (let at = 0; at + chunkBytes <= heard.length; at += chunkBytes) {
    const nth = spoken.find((one) => Buffer.compare(chunk(one), heard.subarray(at, at + chunkBytes)) === 0);
    if (nth === undefined) return [`chunk ${at / chunkBytes} is none that was spoken`];
    found.push(nth);
  }
  const faults = found.some((nth, index) => index > 0 && nth <= (found[index - 1] ?? 0)) ? [`out of order: ${found.join(' ')}`] : [];
  const missing = spoken.filter((nth) => !found.includes(nth));
  const end = stored ? spoken : spoken.slice(0, before);
  const lost = end.filter((nth) => missing.includes(nth));
  return lost.length <= mayMiss ? faults : [...faults, `chunks ${lost.join(' ')} of ${spoken.length} are lost`];
}

/** What was not synced is lost, or torn; a new name is kept or lost. */
const views = bothViews.filter(({ name }) => name.endsWith('drop') || name.endsWith('tear'));

async function cutEverywhere(side: Side, planned: boolean, options?: SimStorageOptions): Promise<string[]> {
  const { operations } = await move(side, Infinity, planned, options);
  const faults: string[] = [];
  let cuts = 0;
  for (let cutAt = 3; cutAt < operations; cutAt++) {
    const moved = await move(side, cutAt, planned, options);
    for (const fates of views) {
      cuts++;
      for (const fault of await broken(moved, side, fates)) faults.push(`cut ${cutAt} of ${operations}, ${fates.name}: ${fault}`);
    }
  }
  figure(`${options === undefined ? '' : 'control: '}${side}, ${planned ? 'planned' : 'dead'}: ${operations} operations, ${cuts} power cuts, ${faults.length} broken promises`);
  assert.ok(cuts >= 20, `${cuts} cuts`);
  return faults;
}

const nothingBroken = (side: Side, planned: boolean) => async (): Promise<void> => assert.equal((await cutEverywhere(side, planned)).slice(0, 5), []);

test('without a cut the message is at home, whole', async () => {
  const moved = await move('primary', Infinity, true);
  assert.ok(moved.stored);
  assert.equal(await broken(moved, 'primary', { name: 'none', make: () => () => 'keep' }), []);
});
test('power-cut-at-the-giver while a call moves by command', nothingBroken('primary', true));
test('power-cut-at-the-taker while a call moves by command', nothingBroken('backup', true));
test('power-cut-at-the-primary, which is why the call moves', nothingBroken('primary', false));
test('power-cut-at-the-backup when it has just taken over from a dead primary', nothingBroken('backup', false));
test('control: a taker whose syncs do nothing loses what the giver has dropped', async () => assert.ok((await cutEverywhere('backup', true, { syncs: 'none' })).length > 0));

test.run();

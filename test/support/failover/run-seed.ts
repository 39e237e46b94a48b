import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { leaseMs } from '../../../firmware/witness/lease.ts';
import { FastSeal } from './fast-seal.ts';
import { schedule, type Fault } from './faults.ts';
import { Invariants } from './invariants.ts';
import { PairWorld } from './pair-world.ts';

const faultsMs = 3000;
/** From the last fault until the pair is as it should be: listening, address, time to settle, stuck-call limit. */
const healMs = 9000;
const lookMs = 10;
const stableMs = 500;
const healStepMs = 50;

export interface SeedResult {
  readonly seed: number;
  readonly failure: string | null;
  readonly faults: readonly string[];
  readonly longestUnservedMs: number;
  readonly longestBothMs: number;
  readonly longestBothServeMs: number;
  readonly healedMs: number;
  readonly story: () => string;
}

// Refused sends make errors by the thousand here, and nobody reads where.
Error.stackTraceLimit = 0;

/** One life of a pair under random faults; everything follows from the seed. */
export async function runSeed(seed: number): Promise<SeedResult> {
  const random = new SimRandom(seed * 2 + 1);
  // Beats cost most of the time: one seed in four has as many as by default, with the same dead time in all.
  const beats = seed % 4 === 0 ? {} : { beatMs: 50, misses: 8 };
  const witness = seed % 3 === 0;
  const line = seed % 5 === 0 ? { baud: 115_200 } : {};
  const world = new PairWorld({ seed, witness, ...line, makeSeal: (key) => new FastSeal(key), timing: { settleMs: 300, gracefulLimitMs: 2500, offerMs: 400 }, lossSeenMs: 200, primary: beats, backup: beats });
  if (random.chance(0.5)) world.network.faultAll({ refusals: true });
  if (random.chance(0.3)) world.network.faultAll({ jitterMs: 5, duplicate: 0.01, reorder: 0.01 });
  // Half of the pairs have a PBX with a backup.
  if (seed % 2 === 0) for (const unit of world.units) unit.main = 'heard';
  const faults = schedule(world, random, { lengthMs: faultsMs, most: 7 });
  const invariants = new Invariants(world);
  let healedMs = 0;
  const told: string[] = [];
  const tell = (text: string): void => void told.push(`${world.clock.monotonic().toFixed(1).padStart(9)} ${text}`);
  const result = (failure: string | null): SeedResult => ({
    seed, failure, faults: faults.map(({ name }) => name), longestUnservedMs: invariants.longestUnservedMs, longestBothMs: invariants.longestBothMs, longestBothServeMs: invariants.longestBothServeMs, healedMs,
    story: () => [...told, ...world.story().split('\n')].sort((one, other) => Number.parseFloat(one) - Number.parseFloat(other)).join('\n'),
  });
  try {
    await begin(world, random);
    await live(world, faults, invariants, tell);
    healedMs = await heal(world, invariants);
    await end(world);
    return result(null);
  } catch (error) {
    return result(error instanceof Error ? (error.message.split('\n')[0] as string) : String(error));
  }
}

/** Both at once, or one long before the other. */
async function begin(world: PairWorld, random: SimRandom): Promise<void> {
  const apartMs = random.chance(0.5) ? 0 : random.below(1000);
  const order = random.chance(0.5) ? [world.a, world.b] : [world.b, world.a];
  world.witness?.start();
  // Mostly the witness has been there for long.
  if (world.witness !== null && random.chance(0.7)) await world.clock.advance(leaseMs);
  order[0]?.start();
  await world.clock.advance(apartMs);
  order[1]?.start();
  await world.clock.advance(random.below(400));
}

async function live(world: PairWorld, faults: readonly Fault[], invariants: Invariants, tell: (text: string) => void): Promise<void> {
  const { clock } = world;
  const beganMs = clock.monotonic();
  const happenings = faults
    .flatMap((fault) => [
      { atMs: beganMs + fault.atMs, name: `+ ${fault.name}`, happen: () => fault.begin() },
      { atMs: beganMs + fault.atMs + fault.forMs, name: `- ${fault.name}`, happen: () => fault.end() },
    ])
    .sort((one, other) => one.atMs - other.atMs);
  invariants.disturbed();
  for (const { atMs, name, happen } of happenings) {
    await watched(world, invariants, atMs - clock.monotonic());
    tell(name);
    happen();
    clock.promises = true;
    invariants.disturbed();
  }
}

async function watched(world: PairWorld, invariants: Invariants, ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= lookMs) {
    await world.clock.advance(Math.min(lookMs, leftMs));
    invariants.look();
  }
}

/** All is mended: the primary serves again, alone, within bounded time. */
async function heal(world: PairWorld, invariants: Invariants): Promise<number> {
  const { a, b, clock } = world;
  const beganMs = clock.monotonic();
  const well = (): boolean => a.role === 'primary-active' && b.role === 'backup-standby' && a.hasAddress && !b.hasAddress && world.answering === a && a.serving && !b.serving;
  // A fault that ended just now may still have its effect: a silence that was nearly long enough, a command under way.
  for (let wellMs = 0; wellMs < stableMs; wellMs = well() ? wellMs + healStepMs : 0) {
    if (clock.monotonic() - beganMs > healMs) throw new Error(`not healed within ${healMs} ms: A ${a.role}, B ${b.role}`);
    await watched(world, invariants, healStepMs);
    // A stop that was still under way when its unit should have been started again.
    for (const unit of world.units) if (!unit.running) unit.start();
    world.witness?.start();
    // What was moved by command goes back by command.
    if (b.pair.status().held && !b.pair.status().partner.asks) b.pair.failback();
    clock.promises = true;
  }
  return clock.monotonic() - beganMs - stableMs;
}

async function end(world: PairWorld): Promise<void> {
  await world.stop();
  const left = world.clock.pending();
  if (left.length > 0) throw new Error(`timers left: ${left.map(({ name }) => name).join(', ')}`);
  if (world.a.hasAddress || world.b.hasAddress) throw new Error('a stopped unit holds the shared address');
}

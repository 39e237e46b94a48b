// Two units under everything that may happen to them, from a printed seed: edits on both, cut and reset lines, power cuts, full
// disks, rollbacks, settled siblings, old manifests coming again. In the end both have the same, and it is what both show.
import * as assert from 'uvu/assert';
import { figure } from '../figure.ts';
import { canonicalJson } from '../../../firmware/site/canonical-json.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import type { SignedManifest } from '../../../firmware/site/signed-manifest.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { greet, heard, pinOf, setPin } from './site-fixture.ts';
import type { SyncedUnit } from './site-world.ts';
import { SiteWorld } from './site-world.ts';

const boxes = ['201', '202', '203'] as const;

interface Run {
  readonly world: SiteWorld;
  readonly random: SimRandom;
  readonly old: SignedManifest[];
  readonly done: Record<string, number>;
  tag: number;
}

const pick = <T>(random: SimRandom, items: readonly T[]): T => items[random.below(items.length)] as T;

/** What a person or the world may do, with its weight. */
const steps: readonly [string, number, (run: Run, unit: SyncedUnit) => Promise<unknown>][] = [
  ['greet', 5, (run, { site }) => greet(site, pick(run.random, boxes), run.tag++, 1, 300 + run.random.below(3000))],
  ['remove', 1, ({ random }, { site }) => site.store.greetings.remove(pick(random, boxes), 'greeting')],
  ['pin', 4, (run, { site }) => setPin(site, pick(run.random, boxes), run.tag++)],
  ['wait', 6, ({ world, random }) => world.clock.advance(random.below(3000))],
  ['cut the line', 2, async ({ world }) => world.cutLine()],
  ['heal the line', 3, async ({ world }) => world.healLine()],
  ['reset', 2, async ({ world }) => world.network.resetStreams('10.0.0.1', '10.0.0.2')],
  ['power cut', 1, powerCut],
  ['disk full', 1, async ({ world, random }, unit) => {
    unit.storage.fault = ({ kind }) => (kind === 'write' && random.chance(0.3) ? 'no-space' : null);
    await world.clock.advance(random.below(2000));
    unit.storage.fault = null;
  }],
  ['rollback', 1, async ({ random }, { site }) => site.state.history.length > 0 && site.state.rollback(pick(random, site.state.history).version)],
  ['settle', 1, async ({ random }, { site }) => {
    const sibling = site.state.siblings[0];
    if (sibling !== undefined) await site.state.settle(sibling.name, pick(random, [sibling.inForce, ...sibling.others]).sha256);
  }],
  ['an old manifest again', 2, async ({ random, old }, { site }) => old.length > 0 && site.state.receive(pick(random, old), async () => false)],
];
const weighted = steps.flatMap(([name, weight, run]) => Array.from({ length: weight }, () => ({ name, run })));

async function powerCut({ world, random }: Run, unit: SyncedUnit): Promise<void> {
  let left = random.below(12);
  unit.storage.fault = ({ kind }) => (kind !== 'read' && kind !== 'stat' && left-- === 0 ? 'power-cut' : null);
  await world.clock.advance(random.below(1500));
  unit.cutPower((what) => (what === 'name' ? pick(random, ['keep', 'drop'] as const) : pick(random, ['keep', 'drop', 'tear', 'zero'] as const)));
  await unit.start({ seed: random.below(2 ** 31), epoch: 1 + random.below(3) });
}

/** What the disk or the state refuses is borne, as people bear it. */
async function borne(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof HalError || error instanceof SiteError)) throw error;
  }
}

async function schedule(seed: number, done: Record<string, number>): Promise<void> {
  const random = new SimRandom(seed);
  const world = new SiteWorld({ seed, kbps: 2000 });
  const run: Run = { world, random, old: [], done, tag: 1 };
  await world.start();
  for (let step = 0; step < 14; step++) {
    const { name, run: work } = pick(random, weighted);
    const unit = random.chance(0.5) ? world.a : world.b;
    done[name] = (done[name] ?? 0) + 1;
    await borne(within(world, work(run, unit)));
    for (const { site } of [world.a, world.b]) if (site.state.current !== null) run.old.push(site.state.current);
  }
  world.healLine();
  await world.clock.advance(1000);
  assert.ok(await world.clock.until(() => world.inStep && quiet(world), 400_000, 500), `seed ${seed}: ${JSON.stringify([world.a.sync?.status(), world.b.sync?.status()])}`);
  assert.is(await shown(world.a), await shown(world.b), `seed ${seed}: the same manifest, and other greetings or PINs`);
  done['siblings'] = (done['siblings'] ?? 0) + world.a.site.state.siblings.length;
  await world.stop();
  await world.clock.advance(2000);
  assert.equal(world.clock.pending().map(({ name }) => name), [], `seed ${seed}`);
}

/** Nothing waits to be published. */
const quiet = (world: SiteWorld): boolean => world.clock.pending().every(({ name }) => name !== 'site-publish');

/** Some of the work needs the clock, some never ends because the power went. */
async function within(world: SiteWorld, work: Promise<unknown>): Promise<void> {
  let over = false;
  const ended = work.finally(() => (over = true));
  ended.catch(() => undefined);
  await world.clock.until(() => over, 5000, 50);
  if (over) await ended;
}

async function shown({ site }: SyncedUnit): Promise<string> {
  const greetings = await Promise.all(boxes.map((box) => heard(site, box)));
  return canonicalJson({ greetings, pins: boxes.map((box) => pinOf(site, box)), settings: site.settings.settings.pins });
}

/** Runs the schedules of so many seeds; SEED and SCHEDULES choose others. Every kind of step must have happened often. */
export async function converge(first: number, count: number): Promise<void> {
  const firstSeed = Number(process.env['SEED'] ?? first);
  const schedules = Number(process.env['SCHEDULES'] ?? count);
  figure(`seeds ${firstSeed} to ${firstSeed + schedules - 1} (SEED, SCHEDULES)`);
  const done: Record<string, number> = {};
  for (let seed = firstSeed; seed < firstSeed + schedules; seed++) await schedule(seed, done);
  figure(JSON.stringify(done));
  if (schedules >= 500) assert.ok(steps.every(([name]) => (done[name] ?? 0) > 50) && (done['siblings'] ?? 0) > 10, JSON.stringify(done));
}

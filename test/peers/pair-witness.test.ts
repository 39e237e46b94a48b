// A primary, a backup and their witness as three real processes, each in a network namespace of its own.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningWitness, witnessName } from '../support/peers/running-witness.ts';
import { PairOfUnits } from '../support/peers/unit-pair.ts';
import { requires, root, skipTest } from '../support/skip.ts';

interface World {
  readonly pair: PairOfUnits;
  readonly witness: RunningWitness;
}

let witness: RunningWitness | null = null;
let started: Promise<World> | null = null;

async function begin(): Promise<World> {
  const pair = await PairOfUnits.start({
    machines: ['witness'],
    witness: { machine: 'witness', ...witnessName },
    before: async (lan) => void (witness = await RunningWitness.start(lan.namespace('witness'), lan.ipv4('witness'))),
  });
  if (witness === null) throw new Error('the witness was not started');
  return { pair, witness };
}

/** Detection takes 400 ms and a beat, the witness has decided by then; the rest is a busy machine. */
const takeoverMs = 600;
const returnMs = 20_000;
const answers = /^witness +\S+ (\w+)/m;

/** Cuts the primary off in some way and tells for how long nobody answered at the shared address. */
async function takeover({ pair }: World, what: string, cut: () => void): Promise<void> {
  const probe = pair.probe(10, 60_000);
  await probe.servedAfter(Date.now(), 5000);
  const cutMs = Date.now();
  cut();
  await probe.servedAfter(cutMs + 100, 5000);
  await sleep(500);
  const gapMs = probe.longestGapMs(cutMs - 200);
  await probe.stop();
  figure(`${what}: unserved for ${gapMs} ms`);
  assert.ok(gapMs <= takeoverMs, `${gapMs} ms`);
  await pair.until('backup', 'backup-active', 2000);
}

async function primaryServesAgain({ pair }: World): Promise<void> {
  await pair.until('backup', 'backup-standby', returnMs);
  await pair.until('primary', 'primary-active', 1000);
}

const scenarios: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'both units see the witness, and it has given the lease to the primary': async ({ pair }) => {
    await pair.shows('primary', answers, 'answers', 5000);
    await pair.shows('backup', /^witness .*: (.+) has the lease/m, 'the primary', 5000);
    await sleep(2000); // it learns
  },

  'primary-dies (kill -9): the backup serves': async (world) => {
    await takeover(world, 'kill -9 of the primary', () => void world.pair.primary.kill());
    await world.pair.shows('backup', /^witness .*: (.+) has the lease/m, 'the backup', 2000);
    await world.pair.primary.restart();
    await primaryServesAgain(world);
  },

  'cable-cut: the primary falls silent to everybody, and the witness grants': async (world) => {
    await takeover(world, 'cable of the primary cut', () => world.pair.lan.pull('primary'));
    world.pair.lan.plug('primary');
    await primaryServesAgain(world);
  },

  'cut between the units while both see the witness: the primary serves on, and the backup stays where it is': async ({ pair }) => {
    pair.lan.separate(['primary', 'backup'], true);
    await pair.shows('backup', /^partner +(\w+)/m, 'dead', 3000);
    await sleep(3000);
    await pair.until('backup', 'backup-standby', 1000);
    await pair.until('primary', 'primary-active', 1000);
    assert.equal(pair.holders(), ['primary']);
    pair.lan.separate(['primary', 'backup'], false);
    await pair.heard('backup', 3000);
    await pair.until('primary', 'primary-active', 1000);
  },

  'the same, and then the primary is cut off from everybody: the backup serves, and nobody else when the primary sees the witness again': async (world) => {
    const { pair } = world;
    pair.lan.separate(['primary', 'backup'], true);
    await pair.shows('backup', /^partner +(\w+)/m, 'dead', 3000);
    await sleep(2500);
    pair.lan.pull('primary');
    await pair.until('backup', 'backup-active', 2000);
    pair.lan.plug('primary');
    await pair.until('primary', 'failback', 3000);
    assert.equal(pair.holders(), ['backup']);
    pair.lan.separate(['primary', 'backup'], false);
    await primaryServesAgain(world);
  },

  'witness-dies: both go on as they are, and a takeover goes by the reference': async (world) => {
    const { pair } = world;
    await world.witness.kill();
    await pair.shows('backup', answers, 'is', 5000);
    await pair.until('primary', 'primary-active', 1000);
    await takeover(world, 'cable of the primary cut, without the witness', () => pair.lan.pull('primary'));
    pair.lan.plug('primary');
    await primaryServesAgain(world);
    const told = pair.backup.log.filter((line) => line.includes('pair-witness-lost'));
    assert.is(told.length, 1, told.join('\n'));
  },

  'witness-returns: it learns, and knows who serves': async ({ pair, witness: one }) => {
    await one.restart();
    await pair.shows('backup', /^witness .*: (.+) has the lease/m, 'the primary', 5000);
    assert.is(await one.stop(), 0);
    assert.match(one.log, /stop-asked/);
  },
};

const missing = requires(root, networkNamespaces);
for (const [name, run] of Object.entries(scenarios)) {
  if (missing === undefined) test(name, async () => run(await (started ??= begin())));
  else skipTest(name, missing);
}

test.after(async () => {
  if (started === null) return;
  const world = await started.catch(() => null);
  await Promise.all([world?.pair.primary.stop(), world?.pair.backup.stop()]);
  endPrograms();
  world?.pair.lan.remove();
});

test.run();

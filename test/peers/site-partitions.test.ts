// Scenario 2 with the ways between the four boxes cut: who is served where, and that nobody is unserved while a cut heals.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { lanFaults, LanFaults } from '../support/lan-faults.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import type { KamailioPbx } from '../support/peers/kamailio-pbx.ts';
import { leaveTrack } from '../support/peers/leave-calls.ts';
import type { OptionsProbe } from '../support/peers/options-probe.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { Sipp } from '../support/peers/sipp.ts';
import { TwoSites } from '../support/peers/two-sites.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';

/** A call so often at each PBX; a busy machine may let a caller wait for so long. */
const everyMs = 50;
const busyMs = 1000;
/** Detection of the pair and of the PBX, and a registration. */
const tookOverMs = 4500;
/** A beat, and a busy machine. */
const stepDownMs = 500;
/** Until the winner has seen the PBX return, and the primary has been well for 5 s. */
const healedMs = 25_000;
/** Long enough for whatever would be lost to be lost. */
const quietMs = 3000;
const lifeMs = 60_000;

interface World {
  readonly sites: TwoSites;
  readonly faults: LanFaults;
}

async function open(): Promise<World> {
  const sites = await TwoSites.open();
  await registered(sites, 'primary', 'a', 10_000);
  return { sites, faults: new LanFaults(sites.pair.lan) };
}

let opened: Promise<World> | null = null;
const world = (): Promise<World> => (opened ??= open());

/** Waits until `show peers` says that the unit is registered at this PBX. */
async function registered({ pair }: TwoSites, rank: Rank, where: string, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  for (;;) {
    const shown = await pair.unit(rank).console('show peers');
    if (new RegExp(`^${where} +in use .* registered: `, 'm').test(shown)) return;
    if (Date.now() > until) throw new Error(`the ${rank} is not registered at ${where}\n${shown}\n${pair.unit(rank).log.slice(-20).join('\n')}`);
    await sleep(50);
  }
}

/** Those of the test that runs. */
const asking: OptionsProbe[] = [];

function callersOf({ pair }: TwoSites, pbx: KamailioPbx): OptionsProbe {
  const callers = pair.callers(everyMs, lifeMs, pbx.address);
  asking.push(callers);
  return callers;
}

const nobodyAsks = (): Promise<unknown> => Promise.all(asking.splice(0).map((callers) => callers.stop()));

/** A caller who speaks through a PBX, stays for so long, and hangs up. */
function speaks({ pair: { lan } }: TwoSites, pbx: KamailioPbx, mailbox: string, staysMs: number): Promise<Sipp> {
  const { file, ms } = leaveTrack({ mailbox });
  return Sipp.start({
    scenario: 'call-and-hang-up', values: { number: mailbox, payload: 0, track: file, trackMs: ms + staysMs }, host: pbx.address, to: pbx.port,
    address: lan.ipv4('callers'), namespace: lan.namespace('callers'), limitMs: lifeMs,
  });
}

async function endsWell(call: Sipp, who: string): Promise<void> {
  const { code, successful, errors } = await call.ended;
  assert.ok(code === 0 && successful === 1, `${who} was cut off\n${errors.slice(0, 2000)}`);
}

/** As it was before: the primary serves, registered at its PBX, and the backup stands by with a lower epoch. */
async function settled({ sites, faults }: World): Promise<void> {
  faults.heal();
  await sites.pair.until('primary', 'primary-active', healedMs);
  await sites.pair.until('backup', 'backup-standby', healedMs);
  await registered(sites, 'primary', 'a', healedMs);
  const [here, there] = await Promise.all((['primary', 'backup'] as const).map(async (rank) => Number(/^epoch +(\d+)/m.exec(await sites.pair.unit(rank).console('show link'))?.[1])));
  assert.ok((here as number) % 2 === 0 && (here as number) > (there as number), `epochs ${here} and ${there}`);
}

/** Every call between two times was answered; the longest wait for that in milliseconds. */
function nobodyWaits(callers: OptionsProbe, sinceMs: number, untilMs = Date.now() - busyMs): number {
  const { unserved, longestMs } = callers.waits(sinceMs, Math.min(untilMs, Date.now() - busyMs));
  assert.ok(unserved === 0 && longestMs <= busyMs, `${unserved} calls were not answered; the longest wait was ${longestMs} ms`);
  return longestMs;
}

async function wanCut({ sites, faults }: World): Promise<void> {
  const { pair, a, b } = sites;
  const [atA, atB] = [callersOf(sites, a), callersOf(sites, b)];
  const beganMs = (await atA.servedAfter(Date.now(), 5000)).askedMs;
  const cutMs = Date.now();
  faults.part(['pbxa', 'primary'], ['pbxb', 'backup']);
  const servedMs = (await atB.servedAfter(cutMs, 10_000)).answeredMs - cutMs;
  await registered(sites, 'backup', 'b', 2000);
  await pair.until('primary', 'primary-active', 500);
  await pair.until('backup', 'backup-active', 500);
  figure(`WAN cut: callers of the second site are served after ${servedMs} ms, those of the first wait ${nobodyWaits(atA, beganMs)} ms at most`);
  assert.ok(servedMs <= tookOverMs, `${servedMs} ms`);

  const calls = await Promise.all([speaks(sites, a, '202', 3000), speaks(sites, b, '203', 3000)]);
  await sleep(1500);
  const healMs = Date.now();
  faults.heal();
  await pair.until('primary', 'failback', 2000);
  const atMs = await pair.changedRole('primary', 'the partner serves with a higher epoch', healMs);
  assert.ok(atMs - healMs <= stepDownMs, `${atMs - healMs} ms`);
  await settled({ sites, faults });
  await sleep(busyMs);
  const waited = [nobodyWaits(atA, healMs), nobodyWaits(atB, healMs, atB.refusedAfter(healMs) - 1)];
  figure(`WAN healed: the lower epoch steps down after ${atMs - healMs} ms; callers wait ${waited[0]} ms at most at the first site, ${waited[1]} ms at the second until its unit leaves`);
  await endsWell(calls[0], 'the caller at the first site');
  await endsWell(calls[1], 'the caller at the second site');
  const stored = await Promise.all([pair.primary.messagesOnce('202', 1), pair.backup.messagesOnce('203', 1)]);
  assert.equal(stored.map((messages) => messages.map(({ interrupted }) => interrupted)), [[false], [false]]);
}

/** A message of the backup is looked for every 30 s, and comes at half of `pair.syncKbps`. */
async function cameHome({ sites: { pair } }: World): Promise<void> {
  const found = [await pair.primary.messagesOnce('202', 1), await pair.primary.messagesOnce('203', 1, 60_000)];
  assert.equal(found.map((messages) => messages.map(({ state, interrupted }) => `${state} ${interrupted}`)), [['new false'], ['new false']]);
  await pair.shows('backup', /^messages +0 wait, (\d+) went/m, '1', 10_000);
}

/** Nobody needs this way: nothing moves, and callers of the PBX notice neither the cut nor its end. */
const movesNothing = (one: string, other: string) => async ({ sites, faults }: World): Promise<void> => {
  const roles = sites.pair.roleChanges();
  const callers = callersOf(sites, sites.a);
  const beganMs = (await callers.servedAfter(Date.now(), 5000)).askedMs;
  faults.cut(one, other);
  await sleep(quietMs);
  faults.heal();
  await sleep(2 * busyMs);
  nobodyWaits(callers, beganMs);
  assert.equal(sites.pair.roleChanges(), roles);
  await registered(sites, 'primary', 'a', 0);
};

async function pairCut({ sites, faults }: World): Promise<void> {
  const callers = callersOf(sites, sites.a);
  const beganMs = (await callers.servedAfter(Date.now(), 5000)).askedMs;
  faults.cut('primary', 'backup');
  await sites.pair.until('backup', 'backup-active', 5000);
  await registered(sites, 'backup', 'a', 3000);
  await registered(sites, 'primary', 'a', 0);
  await sleep(1000);
  await settled({ sites, faults });
  await sleep(busyMs);
  figure(`the two units do not hear each other, and do again: callers wait ${nobodyWaits(callers, beganMs)} ms at most`);
}

/** Callers of PBX A find somebody as soon as the backup is registered there, and all of them while the primary takes back. */
async function mainPbxCut({ sites, faults }: World): Promise<void> {
  const { pair, a } = sites;
  const offered = pair.backup.logged('call-offered').length;
  const callers = callersOf(sites, a);
  await callers.servedAfter(Date.now(), 5000);
  const cutMs = Date.now();
  faults.cut('primary', 'pbxa');
  await pair.until('backup', 'backup-active', tookOverMs);
  await pair.changedRole('backup', 'the partner handed over', cutMs);
  await registered(sites, 'backup', 'a', 2000);
  const servedMs = (await callers.servedAfter(cutMs, 10_000)).answeredMs - cutMs;
  await pair.until('primary', 'failback', 500);
  assert.match(await pair.primary.console('show link'), /^main PBX +lost here, heard at the partner$/m);
  assert.ok(servedMs <= tookOverMs && pair.backup.logged('call-offered').length > offered, `${servedMs} ms`);
  // Longer than a primary has to be well before it takes back.
  await sleep(2 * quietMs);
  await pair.until('primary', 'failback', 0);
  const healMs = Date.now();
  await settled({ sites, faults });
  await sleep(busyMs);
  figure(`only the backup reaches the main PBX: its callers are served after ${servedMs} ms; healed, they wait ${nobodyWaits(callers, healMs)} ms at most`);
  await nobodyAsks();
  await sites.reaches(a, 'primary');
}

/** Nobody else would do better: the primary stays, at the PBX that it has. */
async function mainPbxCutFromBoth({ sites, faults }: World): Promise<void> {
  const roles = sites.pair.roleChanges();
  const callers = callersOf(sites, sites.b);
  faults.part(['pbxa'], ['primary', 'backup']);
  const cutMs = Date.now();
  const servedMs = (await callers.servedAfter(cutMs, 10_000)).answeredMs - cutMs;
  await registered(sites, 'primary', 'b', 2000);
  figure(`neither unit reaches the main PBX: callers of the other PBX are served after ${servedMs} ms`);
  assert.ok(servedMs <= tookOverMs, `${servedMs} ms`);
  await sleep(quietMs);
  await settled({ sites, faults });
  assert.equal(sites.pair.roleChanges(), roles);
  await nobodyAsks();
  await sites.reaches(sites.a, 'primary');
}

/** Each begins as it was before, and leaves neither a cut nor callers to the next one, however it ends: one that fails must not fail others. */
async function onItsOwn(world: World, run: (world: World) => Promise<void>): Promise<void> {
  await settled(world);
  try {
    await run(world);
  } finally {
    world.faults.heal();
    await nobodyAsks();
  }
}

const partitions: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'wan-cut: each unit serves the PBX of its site; healed, the higher epoch wins, no call is cut off and no caller waits': wanCut,
  'PBX A and unit B do not reach each other: nothing moves': movesNothing('pbxa', 'backup'),
  'PBX B and unit A do not reach each other: nothing moves': movesNothing('pbxb', 'primary'),
  'PBX B and unit B do not reach each other: nothing moves': movesNothing('pbxb', 'backup'),
  'PBX A and PBX B do not reach each other: nothing moves': movesNothing('pbxa', 'pbxb'),
  'unit A and unit B do not reach each other: both serve the PBX, and one does afterwards': pairCut,
  'unit A does not reach PBX A and unit B does: the backup serves its callers until the primary has heard it for a while': mainPbxCut,
  'neither unit reaches PBX A: the primary serves PBX B, and no role changes': mainPbxCutFromBoth,
  'the messages that were left while the sites were apart are with the primary, whole': cameHome,
};

const missing = requires(root, networkNamespaces, lanFaults, command('kamailio', 'kamailio'), command('sipp', 'sip-tester'));
for (const [name, run] of Object.entries(partitions)) {
  if (missing === undefined) test(name, async () => onItsOwn(await world(), run));
  else skipTest(name, missing);
}

test.after(async () => {
  const all = (await opened?.catch(() => null))?.sites;
  await all?.pair.primary.stop();
  await all?.close();
  endPrograms();
});

test.run();

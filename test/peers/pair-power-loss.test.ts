// The power of a unit is cut, and with it whatever its disk had not written; or it comes back with the disk of an earlier day.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loopMounting } from '../crash/ext4-needs.ts';
import { figure } from '../support/figure.ts';
import { lanFaults, LanFaults } from '../support/lan-faults.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { leaveTrack } from '../support/peers/leave-calls.ts';
import { PowerCutDisk } from '../support/peers/power-cut-disk.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { Sipp } from '../support/peers/sipp.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { PairOfUnits, shared } from '../support/peers/unit-pair.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';

/** Beyond the reserve of 32 MiB that a unit keeps back. */
const diskMiB = 64;
const takeoverMs = 1500;
const busyMs = 1000;
const returnMs = 20_000;
/** Into the call: the greeting is over, and the caller has spoken for two seconds. */
const speakingMs = 4200;
/** From the beep on, less the last second, which may be lost. */
const leastMs = 1500;

interface World {
  readonly pair: PairOfUnits;
  readonly disks: Readonly<Record<Rank, PowerCutDisk>>;
  readonly faults: LanFaults;
}

async function open(): Promise<World> {
  const disks = { primary: new PowerCutDisk(diskMiB), backup: new PowerCutDisk(diskMiB) };
  const pair = await PairOfUnits.start({ syncKbps: 1000, unit: (rank) => ({ folder: disks[rank].folder }) });
  return { disks, pair, faults: new LanFaults(pair.lan) };
}

let opened: Promise<World> | null = null;
const world = (): Promise<World> => (opened ??= open());

async function epoch({ pair }: World, rank: Rank): Promise<number> {
  return Number(/^epoch +(\d+)/m.exec(await pair.unit(rank).console('show link'))?.[1]);
}

/** Resolves to when the unit died. */
async function powerCut({ pair, disks }: World, rank: Rank): Promise<number> {
  disks[rank].cut();
  const diedMs = Date.now();
  await pair.unit(rank).kill();
  disks[rank].unmount();
  return diedMs;
}

async function powerBack({ pair, disks }: World, rank: Rank): Promise<void> {
  disks[rank].mount();
  await pair.unit(rank).restart();
}

/** The primary serves again, by an epoch that is higher than any before. */
async function settled(all: World, above: number): Promise<number> {
  await all.pair.until('primary', 'primary-active', returnMs);
  await all.pair.until('backup', 'backup-standby', returnMs);
  const now = await epoch(all, 'primary');
  assert.ok(now > above && now % 2 === 0, `epoch ${now} after ${above}`);
  assert.equal(all.pair.holders(), ['primary']);
  return now;
}

/** Roles that a unit took since its last start, each with its epoch. */
const rolesOf = ({ pair }: World, rank: Rank): string[] => pair.unit(rank).logged('pair-role').map((line) => line.replace(/^.* to=(\S+) epoch=(\d+)$/, '$1 $2'));

const scenarios: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'power-loss of the primary while a caller speaks: the backup serves, and the message is there to the last second': async (all) => {
    const { pair } = all;
    const { file, ms } = leaveTrack({ mailbox: '201' });
    const call = await Sipp.start({
      scenario: 'call-and-hang-up', values: { number: '201', payload: 0, track: file, trackMs: ms + 300 }, limitMs: 30_000,
      host: shared, to: 5060, address: pair.lan.ipv4('callers'), namespace: pair.lan.namespace('callers'), port: 5060,
    });
    const probe = pair.probe(10, 60_000);
    await sleep(speakingMs);
    const diedMs = await powerCut(all, 'primary');
    await probe.servedAfter(diedMs + 200, 5000);
    await sleep(busyMs);
    const gapMs = probe.longestGapMs(diedMs - 200);
    assert.ok(gapMs <= takeoverMs, `${gapMs} ms`);
    await call.stop();
    await pair.until('backup', 'backup-active', 2000);
    const served = await epoch(all, 'backup');
    await powerBack(all, 'primary');
    await settled(all, served);
    const [message, ...others] = await pair.primary.messagesOnce('201', 1);
    figure(`power of the primary cut: unserved for ${gapMs} ms; of the message in progress ${message?.durationMs ?? 0} ms are there`);
    assert.equal([message?.state, message?.interrupted, others.length], ['new', true, 0]);
    assert.ok((message?.durationMs ?? 0) >= leastMs, `${message?.durationMs} ms`);
    await probe.stop();
  },

  'power-loss of both: whoever returns goes on with a higher epoch': async (all) => {
    const before = Math.max(await epoch(all, 'primary'), await epoch(all, 'backup'));
    await Promise.all([powerCut(all, 'primary'), powerCut(all, 'backup')]);
    all.disks.primary.keepOld();
    await Promise.all([powerBack(all, 'backup'), powerBack(all, 'primary')]);
    await settled(all, before);
  },

  'the primary returns with a disk of an earlier day: it takes nothing with an old epoch, and nobody is unserved': async (all) => {
    const { pair, disks } = all;
    for (const [word, rank] of [['failover', 'backup'], ['failback', 'primary']] as const) {
      await pair.command('primary', word, 10_000);
      await pair.until(rank, `${rank}-active`, 5000);
    }
    await powerCut(all, 'primary');
    await pair.until('backup', 'backup-active', 5000);
    const served = await epoch(all, 'backup');
    const probe = pair.probe(10, 60_000);
    const beganMs = (await probe.servedAfter(Date.now(), 5000)).askedMs;
    disks.primary.putBack();
    await powerBack(all, 'primary');
    const now = await settled(all, served);
    await sleep(2 * busyMs);
    const { longestMs } = probe.waits(beganMs, Date.now() - busyMs);
    assert.equal(rolesOf(all, 'primary').filter((role) => role.startsWith('primary-active')), [`primary-active ${now}`]);
    figure(`the primary returns with an old disk: it serves with epoch ${now} after ${served}; longest wait for an answer ${longestMs} ms`);
    assert.ok(longestMs <= takeoverMs, `${longestMs} ms`);
    await probe.stop();
  },

  'the same while the two do not hear each other: both serve, and the higher epoch wins when they do': async (all) => {
    const { pair, disks, faults } = all;
    await powerCut(all, 'primary');
    await pair.until('backup', 'backup-active', 5000);
    const served = await epoch(all, 'backup');
    disks.primary.putBack();
    faults.cut('primary', 'backup');
    await powerBack(all, 'primary');
    await pair.until('primary', 'primary-active', 5000);
    const stale = await epoch(all, 'primary');
    assert.ok(stale < served, `${stale} and ${served}`);
    const probe = pair.probe(10, 60_000);
    const beganMs = (await probe.servedAfter(Date.now(), 5000)).askedMs;
    const healMs = Date.now();
    faults.heal();
    await pair.until('primary', 'failback', 2000);
    const downMs = (await pair.changedRole('primary', 'the partner serves with a higher epoch', healMs)) - healMs;
    assert.is(rolesOf(all, 'backup').at(-1), `backup-active ${served}`);
    await settled(all, served);
    await sleep(2 * busyMs);
    const { longestMs } = probe.waits(beganMs, Date.now() - busyMs);
    figure(`epoch ${stale} of an old disk meets epoch ${served}: it steps down after ${downMs} ms; longest wait for an answer ${longestMs} ms`);
    assert.ok(longestMs <= takeoverMs, `${longestMs} ms`);
    await probe.stop();
  },
};

const missing = requires(root, networkNamespaces, lanFaults, loopMounting, command('python3', 'python3'), 'sipp');
for (const [name, run] of Object.entries(scenarios)) {
  if (missing === undefined) test(name, async () => run(await world()));
  else skipTest(name, missing);
}

test.after(async () => {
  const all = await opened?.catch(() => null);
  await Promise.all([all?.pair.primary.stop(), all?.pair.backup.stop()]);
  endPrograms();
  all?.pair.lan.remove();
  all?.disks.primary.remove();
  all?.disks.backup.remove();
});

test.run();

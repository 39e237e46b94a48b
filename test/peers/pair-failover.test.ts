// Scenario 1 with real processes: one PBX's callers, a primary and a backup on one LAN, an address that moves between them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { leaveTrack } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { sipp } from '../support/peers/sipp.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { PairOfUnits, shared } from '../support/peers/unit-pair.ts';
import { requires, root, skipTest } from '../support/skip.ts';

let started: Promise<PairOfUnits> | null = null;
const pairOfUnits = (): Promise<PairOfUnits> => (started ??= PairOfUnits.start());

/** Detection takes 400 ms and a beat; the rest is a busy machine. */
const takeoverMs = 1000;
/** Start, listening time, and the time for which a returned primary must be well. */
const returnMs = 20_000;

/** A caller dials the shared address, speaks, and must be found in the mailbox of the unit that serves. */
async function leaves(pair: PairOfUnits, rank: Rank, mailbox: string): Promise<void> {
  const { file, ms } = leaveTrack({ mailbox });
  const end = await sipp({
    scenario: 'call-and-hang-up', values: { number: mailbox, payload: 0, track: file, trackMs: ms + 300 },
    host: shared, to: 5060, address: pair.lan.ipv4('callers'), namespace: pair.lan.namespace('callers'), port: 5060,
  });
  assert.ok(end.code === 0 && end.successful === 1, `the caller of ${mailbox} was not served: ${end.errors.slice(0, 2000)}`);
  assert.is((await pair.unit(rank).messagesOnce(mailbox, 1)).length, 1, `the message for ${mailbox} is with the ${rank}`);
}

const scenarios: Readonly<Record<string, (pair: PairOfUnits) => Promise<void>>> = {
  'two units paired at their consoles: the primary serves, the backup stands by and answers OPTIONS with 503': async (pair) => {
    assert.equal(pair.holders(), ['primary']);
    const probe = pair.probe(50, 10_000, pair.lan.ipv4('backup'));
    // The probe is a program of its own, which takes its time to start.
    for (const until = Date.now() + 10_000; probe.answers.length <= 3 && Date.now() < until; ) await sleep(100);
    await probe.stop();
    assert.ok(probe.answers.length > 3);
    assert.equal([...new Set(probe.answers.map(({ status }) => status))], [503]);
    await leaves(pair, 'primary', '201');
  },

  'primary-dies: the backup serves within a second, and takes messages': async (pair) => {
    const probe = pair.probe(10, 60_000);
    await probe.servedAfter(Date.now(), 5000);
    const diedMs = Date.now();
    await pair.primary.kill();
    await probe.servedAfter(diedMs + 100, 5000);
    await sleep(500);
    const gapMs = probe.longestGapMs(diedMs - 200);
    figure(`kill -9 of the primary: unserved for ${gapMs} ms`);
    assert.ok(gapMs <= takeoverMs, `${gapMs} ms`);
    await pair.until('backup', 'backup-active', 2000);
    await leaves(pair, 'backup', '202');
    await probe.stop();
  },

  'primary-returns: it waits, takes back, and nobody is unserved meanwhile': async (pair) => {
    const probe = pair.probe(10, 60_000);
    const beganMs = (await probe.servedAfter(Date.now(), 5000)).answeredMs;
    await pair.primary.restart();
    const returnedMs = await pair.until('primary', 'primary-active', returnMs);
    await pair.until('backup', 'backup-standby', 3000);
    await sleep(300);
    const gapMs = probe.longestGapMs(beganMs);
    figure(`the primary is back after ${returnedMs} ms, unserved for at most ${gapMs} ms`);
    assert.ok(gapMs <= 300, `${gapMs} ms`);
    assert.equal(pair.holders(), ['primary']);
    await probe.stop();
    await leaves(pair, 'primary', '203');
  },

  'homecoming: the message that the backup took is with the primary, once, and the backup has it no more': async (pair) => {
    const beganMs = Date.now();
    const [home] = await pair.primary.messagesOnce('202', 1, 40_000);
    figure(`the message of the backup was home ${Date.now() - beganMs} ms after it was looked for`);
    assert.equal([home?.callerNumber, home?.state, home?.interrupted], ['301', 'new', false]);
    await pair.shows('backup', /^messages +0 wait, (\d+) went/m, '1', 10_000);
    assert.equal([(await pair.primary.messages('202')).length, (await pair.backup.messages('202')).length], [1, 0]);
  },

  'site state: both units have the same version of greetings, PINs and settings': async (pair) => {
    await pair.shows('backup', /^site +([a-z-]+):/m, 'in-step', 30_000);
    const versions = await Promise.all((['primary', 'backup'] as const).map(async (rank) => /here version (\d+)/.exec(await pair.unit(rank).console('show link'))?.[1]));
    assert.ok(versions[0] !== undefined && versions[0] === versions[1], versions.join(' and '));
    const [current] = versions;
    assert.match(await pair.backup.console('show site'), new RegExp(`^ +${current}  in force`, 'm'));
    assert.match(await pair.primary.console(`pair rollback ${current}`), /greetings and settings are those of version/);
  },

  'primary-hangs (SIGSTOP): the backup serves; when it goes on it steps down': async (pair) => {
    const probe = pair.probe(10, 60_000);
    await probe.servedAfter(Date.now(), 5000);
    const hungMs = Date.now();
    pair.primary.signal('SIGSTOP');
    await pair.until('backup', 'backup-active', 3000);
    await probe.servedAfter(hungMs + 600, 3000);
    figure(`SIGSTOP of the primary: unserved for ${probe.longestGapMs(hungMs - 200)} ms`);
    await leaves(pair, 'backup', '204');
    pair.primary.signal('SIGCONT');
    await pair.until('backup', 'backup-standby', returnMs);
    await pair.until('primary', 'primary-active', 1000);
    assert.equal(pair.holders(), ['primary']);
    await probe.stop();
  },

  'cable-cut: the backup serves; when the cable is back one of them does': async (pair) => {
    const probe = pair.probe(10, 60_000);
    await probe.servedAfter(Date.now(), 5000);
    const cutMs = Date.now();
    pair.lan.pull('primary');
    await probe.servedAfter(cutMs + 100, 5000);
    await sleep(500);
    const gapMs = probe.longestGapMs(cutMs - 200);
    figure(`cable of the primary cut: unserved for ${gapMs} ms`);
    assert.ok(gapMs <= takeoverMs, `${gapMs} ms`);
    await leaves(pair, 'backup', '205');
    pair.lan.plug('primary');
    await pair.until('backup', 'backup-standby', returnMs);
    await pair.until('primary', 'primary-active', 1000);
    assert.equal(pair.holders(), ['primary']);
    await probe.stop();
  },

  'cut off is not taken for a death: a backup without network stays mute, and nothing moves': async (pair) => {
    pair.lan.pull('backup');
    await pair.until('backup', 'isolated', 5000);
    await sleep(1000);
    assert.equal(pair.holders(), ['primary']);
    pair.lan.plug('backup');
    await pair.until('backup', 'backup-standby', 5000);
    await pair.until('primary', 'primary-active', 1000);
  },

  'planned failover and back: no call is lost, no gap': async (pair) => {
    const probe = pair.probe(10, 60_000);
    await probe.servedAfter(Date.now(), 5000);
    await pair.heard('primary', 5000);
    for (const [command, rank] of [['failover', 'backup'], ['failback', 'primary']] as const) {
      const movedMs = Date.now();
      await pair.command('primary', command, 10_000);
      await pair.until(rank, `${rank}-active`, 5000);
      await sleep(300);
      const gapMs = probe.longestGapMs(movedMs - 100);
      figure(`${command}: unserved for ${gapMs} ms`);
      assert.ok(gapMs <= 300, `${command}: ${gapMs} ms`);
      assert.equal(pair.holders(), [rank]);
    }
    await probe.stop();
  },

  'primary-says-goodbye (SIGTERM): the backup serves at once': async (pair) => {
    const probe = pair.probe(10, 60_000);
    await probe.servedAfter(Date.now(), 5000);
    const stoppedMs = Date.now();
    const stopping = pair.primary.stop();
    await probe.servedAfter(stoppedMs + 50, 3000);
    const { code, tookMs } = await stopping;
    await sleep(300);
    const gapMs = probe.longestGapMs(stoppedMs - 100);
    figure(`SIGTERM of the primary: unserved for ${gapMs} ms`);
    assert.ok(gapMs <= 400, `${gapMs} ms`);
    assert.equal([code, tookMs < 2000], [0, true]);
    await leaves(pair, 'backup', '206');
    await probe.stop();
  },
};

const missing = requires(root, networkNamespaces, 'sipp');
for (const [name, run] of Object.entries(scenarios)) {
  if (missing === undefined) test(name, async () => run(await pairOfUnits()));
  else skipTest(name, missing);
}

test.after(async () => {
  if (started === null) return;
  const pair = await started.catch(() => null);
  await pair?.backup.stop();
  endPrograms();
  pair?.lan.remove();
});

test.run();

// The wall clocks of a pair are stepped while it runs: nothing that decides may look at them.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { leaveTrack } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { sipp } from '../support/peers/sipp.ts';
import { SteppedClock, steppedClocks } from '../support/peers/stepped-clock.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { PairOfUnits, shared } from '../support/peers/unit-pair.ts';
import { requires, root, skipTest } from '../support/skip.ts';

const quietMs = 1500;
const busyMs = 1000;
const takeoverMs = 1500;
const returnMs = 20_000;
const lifeMs = 120_000;

interface World {
  readonly pair: PairOfUnits;
  readonly clocks: Readonly<Record<Rank, SteppedClock>>;
}

async function open(): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'clocks-'));
  const clocks = { primary: new SteppedClock(path.join(folder, 'primary')), backup: new SteppedClock(path.join(folder, 'backup')) };
  return { clocks, pair: await PairOfUnits.start({ syncKbps: 1000, unit: (rank) => ({ environment: clocks[rank].environment }) }) };
}

let opened: Promise<World> | null = null;
const world = (): Promise<World> => (opened ??= open());

const changes = ({ pair }: World): number => (['primary', 'backup'] as const).reduce((sum, rank) => sum + pair.unit(rank).logged('pair-role').length, 0);

async function leaves({ pair }: World, rank: Rank, mailbox: string): Promise<void> {
  const { file, ms } = leaveTrack({ mailbox });
  const end = await sipp({
    scenario: 'call-and-hang-up', values: { number: mailbox, payload: 0, track: file, trackMs: ms + 300 },
    host: shared, to: 5060, address: pair.lan.ipv4('callers'), namespace: pair.lan.namespace('callers'), port: 5060,
  });
  assert.ok(end.code === 0 && end.successful === 1, `the caller of ${mailbox} was not served: ${end.errors.slice(0, 2000)}`);
  const messages = await pair.unit(rank).messagesOnce(mailbox, 1);
  assert.equal(messages.map(({ state, interrupted }) => `${state} ${interrupted}`), ['new false'], mailbox);
}

/** Where the clock of a unit stands, as its console says. */
const newestLine = ({ pair }: World, rank: Rank): string => pair.unit(rank).log.at(-1) ?? '';

const steps = [
  { name: 'an hour ahead', time: '+3600', mailbox: null },
  { name: 'an hour back', time: '-3600', mailbox: null },
  { name: 'to 1970', time: '@1970-01-02 00:00:00', mailbox: '203' },
] as const;

const scenarios: Record<string, (world: World) => Promise<void>> = {};
for (const { name, time, mailbox } of steps) {
  scenarios[`clock-step of the unit that serves, ${name}: nothing moves, nobody waits${mailbox === null ? '' : ', and a message is whole'}`] = async (all) => {
    const before = changes(all);
    const probe = all.pair.probe(20, lifeMs);
    const beganMs = (await probe.servedAfter(Date.now(), 5000)).askedMs;
    all.clocks.primary.set(time);
    if (mailbox === null) await sleep(quietMs);
    else await leaves(all, 'primary', mailbox);
    all.clocks.backup.set(time);
    await sleep(quietMs + busyMs);
    const { unserved, longestMs } = probe.waits(beganMs, Date.now() - busyMs);
    figure(`clocks stepped ${name}: ${changes(all) - before} changes of role, longest wait for an answer ${longestMs} ms`);
    assert.equal([changes(all) - before, unserved], [0, 0]);
    assert.ok(longestMs <= busyMs, `${longestMs} ms`);
    assert.equal(all.pair.holders(), ['primary']);
    await probe.stop();
  };
}

scenarios['primary-dies while both clocks stand in 1970: the backup serves, and its message comes home'] = async (all) => {
  const { pair } = all;
  const probe = pair.probe(10, lifeMs);
  await probe.servedAfter(Date.now(), 5000);
  const diedMs = Date.now();
  await pair.primary.kill();
  await probe.servedAfter(diedMs + 100, 5000);
  const gapMs = probe.longestGapMs(diedMs - 200);
  figure(`kill -9 of the primary in 1970: unserved for ${gapMs} ms`);
  assert.ok(gapMs <= takeoverMs, `${gapMs} ms`);
  await leaves(all, 'backup', '204');
  assert.match(newestLine(all, 'backup'), /^1970-01-02T/);
  await pair.primary.restart();
  await pair.until('primary', 'primary-active', returnMs);
  await pair.until('backup', 'backup-standby', 3000);
  assert.is((await pair.primary.messagesOnce('204', 1, 60_000)).length, 1);
  assert.is((await pair.primary.messages('203')).length, 1);
  await probe.stop();
};

scenarios['clocks that are years apart, and true again: the pair goes on, and is in step'] = async (all) => {
  const { pair, clocks } = all;
  const before = changes(all);
  clocks.primary.set('+0');
  await sleep(quietMs);
  await pair.heard('backup', 1000);
  clocks.backup.set('+0');
  await sleep(quietMs);
  assert.is(changes(all), before);
  await pair.shows('backup', /^site +([a-z-]+):/m, 'in-step', 30_000);
  await leaves(all, 'primary', '205');
};

const missing = requires(root, networkNamespaces, steppedClocks, 'sipp');
for (const [name, run] of Object.entries(scenarios)) {
  if (missing === undefined) test(name, async () => run(await world()));
  else skipTest(name, missing);
}

test.after(async () => {
  const pair = (await opened?.catch(() => null))?.pair;
  await Promise.all([pair?.primary.stop(), pair?.backup.stop()]);
  endPrograms();
  pair?.lan.remove();
});

test.run();

// A pair on a LAN that loses packets: one way only, or a fifth of all.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { lanFaults, LanFaults } from '../support/lan-faults.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { leaveTrack, spokenMs } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { sipp } from '../support/peers/sipp.ts';
import { shareHeard, speech } from '../support/peers/spoken.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { PairOfUnits, shared } from '../support/peers/unit-pair.ts';
import { requires, root, skipTest } from '../support/skip.ts';

/** Detection, an address that moves, and a busy machine. */
const takeoverMs = 1500;
const busyMs = 1000;
const quietMs = 3000;
const returnMs = 20_000;
const lossyMs = 10_000;
/** Of a caller's words, when a fifth of the packets is lost. */
const leastShare = 0.6;

interface World {
  readonly pair: PairOfUnits;
  readonly faults: LanFaults;
}

let opened: Promise<World> | null = null;
const world = (): Promise<World> => (opened ??= PairOfUnits.start().then((pair) => ({ pair, faults: new LanFaults(pair.lan) })));

const changes = ({ pair }: World): number => (['primary', 'backup'] as const).reduce((sum, rank) => sum + pair.unit(rank).logged('pair-role').length, 0);

/** A caller leaves a message at the shared address; the share of the words that is in it. */
async function leaves({ pair }: World, rank: Rank, mailbox: string, lossy = false): Promise<number> {
  const { file, ms } = leaveTrack({ mailbox, lossy });
  const end = await sipp({
    scenario: 'call-and-hang-up', values: { number: mailbox, payload: 0, track: file, trackMs: ms + 300 },
    host: shared, to: 5060, address: pair.lan.ipv4('callers'), namespace: pair.lan.namespace('callers'), port: 5060,
  });
  assert.ok(end.code === 0 && end.successful === 1, `the caller of ${mailbox} was not served: ${end.errors.slice(0, 2000)}`);
  const [message, ...others] = await pair.unit(rank).messagesOnce(mailbox, 1);
  assert.ok(message !== undefined && others.length === 0, `${others.length + (message === undefined ? 0 : 1)} messages for ${mailbox}`);
  return shareHeard(speech(Number(mailbox), spokenMs, 0), await pair.unit(rank).audio(message.id), 0);
}

const scenarios: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'one-way-loss, the backup is not heard: nothing moves': async (all) => {
    const before = changes(all);
    const probe = all.pair.probe(10, 60_000);
    const beganMs = (await probe.servedAfter(Date.now(), 5000)).askedMs;
    all.faults.cutOneWay('backup', 'primary');
    await sleep(quietMs);
    all.faults.heal();
    await sleep(2 * busyMs);
    const { unserved, longestMs } = probe.waits(beganMs, Date.now() - busyMs);
    assert.ok(unserved === 0 && longestMs <= busyMs, `${unserved} not served, ${longestMs} ms`);
    assert.is(changes(all), before);
    await probe.stop();
  },

  'one-way-loss, the primary is not heard: the backup serves, and the primary, which hears it, stands back': async (all) => {
    const { pair, faults } = all;
    const probe = pair.probe(10, 60_000);
    const beganMs = (await probe.servedAfter(Date.now(), 5000)).askedMs;
    faults.cutOneWay('primary', 'backup');
    await pair.until('backup', 'backup-active', 3000);
    await pair.until('primary', 'failback', 3000);
    assert.equal(pair.holders(), ['backup']);
    await leaves(all, 'backup', '201');
    const moved = probe.waits(beganMs, Date.now() - busyMs);
    const healMs = Date.now();
    faults.heal();
    await pair.until('primary', 'primary-active', returnMs);
    await pair.until('backup', 'backup-standby', 2000);
    await sleep(2 * busyMs);
    const healed = probe.waits(healMs, Date.now() - busyMs);
    figure(`one-way loss: unserved for ${moved.longestMs} ms when the backup took over, for ${healed.longestMs} ms while it healed (${healed.unserved} questions)`);
    assert.ok(moved.longestMs <= takeoverMs && healed.longestMs <= takeoverMs, `${moved.longestMs} ms and ${healed.longestMs} ms`);
    assert.equal(pair.holders(), ['primary']);
    await probe.stop();
  },

  '20 % loss on every way: no takeover, and a call works': async (all) => {
    const { pair, faults } = all;
    const before = changes(all);
    for (const [one, other] of [['primary', 'backup'], ['primary', 'callers'], ['backup', 'callers']] as const) faults.lose(one, other, 20);
    const beganMs = Date.now();
    const share = await leaves(all, 'primary', '202', true);
    await sleep(Math.max(0, lossyMs - (Date.now() - beganMs)));
    const { lost } = faults;
    faults.heal();
    figure(`20 % loss for ${Math.round((Date.now() - beganMs) / 1000)} s, ${lost} packets lost: ${changes(all) - before} changes of role; ${Math.round(100 * share)} % of the caller's words are there as they were said`);
    assert.ok(lost > 100, `${lost} packets were lost`);
    assert.is(changes(all), before);
    assert.ok(share >= leastShare, `${share}`);
    assert.equal(pair.holders(), ['primary']);
  },
};

const missing = requires(root, networkNamespaces, lanFaults, 'sipp');
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

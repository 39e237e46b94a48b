// How long callers are unserved when the unit that serves is killed, over thirty kills in a row, either unit in turn.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { PairOfUnits } from '../support/peers/unit-pair.ts';
import { requires, root, skipTest } from '../support/skip.ts';

const kills = 30;
/** The promise is 400 ms for seeing it, and then an address that moves; beyond this it is not the machine that is slow. */
const mostMs = 1500;
const p50Ms = 600;
const limitMs = 60_000;
const other = (rank: Rank): Rank => (rank === 'primary' ? 'backup' : 'primary');

/** Kills the unit that serves; resolves to the milliseconds without an answer. The killed one is back, and waits, afterwards. */
async function killed(pair: PairOfUnits, rank: Rank): Promise<number> {
  const probe = pair.probe(10, limitMs);
  await probe.servedAfter(Date.now(), 5000);
  const diedMs = Date.now();
  await pair.unit(rank).kill();
  await probe.servedAfter(diedMs + 100, 5000);
  await sleep(200);
  const gapMs = probe.longestGapMs(diedMs - 100);
  await probe.stop();
  await pair.unit(rank).restart();
  await pair.until(rank, rank === 'primary' ? 'failback' : 'backup-standby', 10_000);
  await pair.heard(other(rank), 5000);
  return gapMs;
}

const name = `${kills} kills of the unit that serves: callers are unserved for half a second`;
const missing = requires(root, networkNamespaces);
if (missing !== undefined) skipTest(name, missing);
else {
  test(name, async () => {
    const pair = await PairOfUnits.start({ failback: 'manual' });
    const gaps: number[] = [];
    for (let serving: Rank = 'primary'; gaps.length < kills; serving = other(serving)) gaps.push(await killed(pair, serving));
    gaps.sort((one, two) => one - two);
    const at = (share: number): number => gaps[Math.min(gaps.length - 1, Math.floor(share * gaps.length))] as number;
    figure(`unserved over ${kills} kills: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
    assert.ok(at(0.5) <= p50Ms && at(1) <= mostMs, gaps.join(' '));
    await Promise.all([pair.primary.stop(), pair.backup.stop()]);
    pair.lan.remove();
  });
}

test.after(endPrograms);
test.run();

// Minutes in which nobody dies (UNDERSTUDY_SOAK_MINUTES, 2 unless told): a twentieth of all packets between two real units is lost, and every core of the machine is busy.
import { availableParallelism } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { lanFaults, LanFaults } from '../support/lan-faults.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { endPrograms, Program, sleep } from '../support/peers/program.ts';
import { PairOfUnits } from '../support/peers/unit-pair.ts';
import { requires, root, skipTest } from '../support/skip.ts';

const minutes = Number(process.env['UNDERSTUDY_SOAK_MINUTES'] ?? 2);
const lastsMs = minutes * 60_000;
const lostPercent = 5;
/** A pair beats every 25 ms both ways; fewer than this were sent only if the units did not run. */
const leastBeats = (lastsMs / 25) * 0.5;

/** One for each core, at the priority of the units. */
const busyLoops = (): Program[] => Array.from({ length: availableParallelism() }, () => new Program(process.execPath, ['-e', 'for (;;);'], { limitMs: lastsMs + 60_000 }));

/** A counter of `show link`, for example 'beats sent'. */
const counter = (shown: string, name: string): number => Number(new RegExp(`^${name} +(\\d+)`, 'm').exec(shown)?.[1] ?? 0);

async function looks(pair: PairOfUnits): Promise<{ changes: number; beats: number; lost: number; pauses: number; longestGapMs: number }> {
  const shown = await Promise.all((['primary', 'backup'] as const).map((rank) => pair.unit(rank).console('show link', 30_000)));
  const ways = shown.map((text) => /^\d+\.\d+\.\d+\.\d+ +\S+ +\S+ ms +(\d+) +(\d+) +(\d+) ms/m.exec(text)?.slice(1).map(Number) ?? []);
  return {
    changes: (['primary', 'backup'] as const).reduce((sum, rank) => sum + pair.unit(rank).logged('pair-role').length, 0),
    beats: Math.min(...ways.map(([received]) => received ?? 0)),
    lost: ways.reduce((sum, [, lost]) => sum + (lost ?? 0), 0),
    pauses: shown.reduce((sum, text) => sum + counter(text, 'own pauses'), 0),
    longestGapMs: Math.max(...ways.map(([, , gap]) => gap ?? 0)),
  };
}

async function nobodyDies(): Promise<void> {
  const pair = await PairOfUnits.start();
  const faults = new LanFaults(pair.lan);
  const before = await looks(pair);
  faults.lose('primary', 'backup', lostPercent);
  const busy = busyLoops();
  await sleep(lastsMs);
  const { changes, beats, lost, pauses, longestGapMs } = await looks(pair);
  await Promise.all(busy.map((one) => one.stop()));
  const took = changes - before.changes;
  figure(`${lastsMs / 60_000} min, ${lostPercent} % loss both ways, ${busy.length} busy loops on ${availableParallelism()} cores: ${took} false takeovers; ${beats} beats heard, ${lost} lost, longest silence ${longestGapMs} ms, ${pauses} own pauses`);
  assert.is(took, 0, [...pair.primary.logged('pair-role'), ...pair.backup.logged('pair-role')].join('\n'));
  assert.ok(beats >= leastBeats, `${beats} beats`);
  assert.ok(lost >= beats * (lostPercent / 100) * 0.5, `${lost} beats were lost`);
  assert.equal(pair.holders(), ['primary']);
  await Promise.all([pair.primary.stop(), pair.backup.stop()]);
  pair.lan.remove();
}

const name = 'minutes of loss and load: the backup takes nothing over';
const missing = requires(root, networkNamespaces, lanFaults);
if (missing === undefined) test(name, nobodyDies);
else skipTest(name, missing);

test.after(endPrograms);
test.run();

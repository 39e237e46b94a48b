import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { median } from './figures.ts';
import { memory } from './process-usage.ts';
import { startLoad } from './sipp-load.ts';
import { mailboxesOf, noise } from './steady-calls.ts';
import { asByService } from './unit-flags.ts';

/** RSS of a unit whose ports are all in calls, while calls come and go. */
export interface Flat {
  readonly ports: number;
  readonly minutes: number;
  /** Messages, of as many calls: one that left none is an error. */
  readonly stored: number;
  /** The median of the first quarter and of the last, and the most there was, MiB; the time in which the ports fill up is left out. */
  readonly firstMiB: number;
  readonly lastMiB: number;
  readonly mostMiB: number;
  /** Of the line through all looks (least squares). */
  readonly mibPerHour: number;
  /** `show memory`: what all owners have together, as a part of the process. */
  readonly toldShare: number;
}

/** How long one call is; a port is free for a moment between two. */
const callSec = 25;
const lookMs = 2000;
/** The first start of all hashes a PIN for each mailbox. */
const startMs = 180_000;
/** Until all ports are in calls, and until the last of them are over. */
const moreMs = 240_000;
const mib = 1024 * 1024;
/** Lines of the log are counted at the end. */
const keptOutput = 256 * mib;

export async function flat(ports: number, minutes: number, tell: (text: string) => void): Promise<Flat> {
  const mailboxes = mailboxesOf(ports);
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  let unit: RunningUnit | null = null;
  try {
    unit = await RunningUnit.start({ startLimitMs: startMs, lifeMs: startMs + minutes * 60_000 + moreMs, ports, mailboxes, folder, keptOutput, environment: asByService });
    const stream = path.join(folder, 'speech.ulaw');
    writeFileSync(stream, noise(8000 * callSec));
    // Some fewer than there are ports: one that is left is free only when all of its message lies on the disk.
    const atOnce = Math.max(1, ports - Math.ceil(ports / 12));
    const perSecond = Math.max(1, Math.floor(atOnce / callSec));
    const fillMs = (atOnce / perSecond) * 1000;
    const calls = Math.round(((minutes * 60_000) / 1000) * perSecond + atOnce);
    const load = await startLoad({
      scenario: 'bench-leave', values: { stream, holdMs: callSec * 1000, number: '[field0]', from: '"Caller" <sip:[field0]@[local_ip]:[local_port]>' },
      injected: mailboxes.map((mailbox) => `${mailbox};`), to: unit.sipPort, calls, perSecond, atOnce, limitMs: minutes * 60_000 + moreMs,
    });
    await sleep(fillMs);
    const looks = await looksAt(unit.pid, minutes * 60_000, (mibNow, leftMin) => tell(`flat: ${mibNow.toFixed(1)} MiB, ${leftMin.toFixed(0)} min left`));
    const toldShare = toldOf(await unit.console('show memory'));
    const { failed, successful, errors } = await load.ended;
    if (failed > 0 || successful !== calls) throw new Error(`${successful} of ${calls} calls went well, ${failed} failed\n${errors}`);
    await unit.waitForLog('message-stored', calls, 30_000);
    const quarter = Math.ceil(looks.length / 4);
    const values = looks.map(({ mibNow }) => mibNow);
    return {
      ports, minutes, stored: unit.logged('message-stored').length, firstMiB: median(values.slice(0, quarter)), lastMiB: median(values.slice(-quarter)), mostMiB: Math.max(...values),
      mibPerHour: slope(looks.map(({ hour, mibNow }) => [hour, mibNow])), toldShare,
    };
  } finally {
    await unit?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 }); // the disk may be behind
  }
}

interface Look {
  readonly hour: number;
  readonly mibNow: number;
}

async function looksAt(pid: number, forMs: number, told: (mibNow: number, leftMin: number) => void): Promise<Look[]> {
  const looks: Look[] = [];
  const began = performance.now();
  for (let passed = 0; passed < forMs; passed = performance.now() - began) {
    const mibNow = memory(pid).rssMiB;
    looks.push({ hour: passed / 3_600_000, mibNow });
    if (looks.length % 30 === 1) told(mibNow, (forMs - passed) / 60_000);
    await sleep(lookMs);
  }
  return looks;
}

/** Of the least-squares line; 0 of a single point. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread;
}

const sizes: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: mib, GiB: 1024 * mib };

/** Of the table that `show memory` prints: first the process, then its owners, whose last row is what belongs to none. */
function toldOf(table: string): number {
  const rows = [...table.matchAll(/^(\S.*?\S) {2,}(?:-|[\d.]+ \w+) +([\d.]+) (B|KiB|MiB|GiB) /gm)].map(([, owner = '', value, unit = '']) => ({ owner, bytes: Number(value) * (sizes[unit] ?? Number.NaN) }));
  const whole = rows.find(({ owner }) => owner.startsWith('process'));
  const owners = rows.filter(({ owner }) => !owner.startsWith('process') && owner !== 'stacks and the rest');
  return owners.reduce((sum, { bytes }) => sum + bytes, 0) / (whole?.bytes ?? Number.NaN);
}

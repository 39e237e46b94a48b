// npm run bench: what the unit costs on this machine, each figure beside the least that it can cost, measured in the same run.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { memoryCgroup } from '../support/peers/memory-cgroup.ts';
import { endPrograms } from '../support/peers/program.ts';
import type { Need } from '../support/skip.ts';
import { requires } from '../support/skip.ts';
import { allocation } from './allocation.ts';
import { budget } from './budget.ts';
import { busy } from './busy.ts';
import type { Floors } from './call-figures.ts';
import { callFigures, loadName } from './call-figures.ts';
import type { CallLoad } from './call-load.ts';
import { callLoad } from './call-load.ts';
import type { Figure, StoredRatios } from './figures.ts';
import { figure, median, merged, regressions, repeatable, table } from './figures.ts';
import { firstCall } from './first-call.ts';
import { flat } from './flat.ts';
import type { FloorMode } from './floor.ts';
import { floor } from './floor.ts';
import { allocationFigures, budgetFigures, busyFigures, flatFigures, upkeepFigures } from './limit-figures.ts';
import { manyCalls } from './many-calls.ts';
import { profileFile } from './profile-file.ts';
import type { Asked, Plan } from './plan.ts';
import { planOf } from './plan.ts';
import type { LoadKind } from './steady-calls.ts';
import { shortCalls } from './short-calls.ts';
import { sipRate } from './sip-rate.ts';
import { storeRate } from './store-rate.ts';
import type { StoredRun } from './stored.ts';
import { stored } from './stored.ts';
import { storedFigures } from './stored-figures.ts';
import { upkeep } from './upkeep.ts';

const storedFile = 'test/bench/ratios.json';
const resultFile = 'dist/bench.json';
/** A regression must show in the median of as many runs. */
const checkedRuns = 3;
const sitesTold = 12;

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    store: { type: 'boolean', default: false },
    calls: { type: 'string' },
    seconds: { type: 'string' },
    minutes: { type: 'string' },
    'many-calls': { type: 'string' },
    runs: { type: 'string' },
    profile: { type: 'boolean', default: false },
    'stored-mailboxes': { type: 'string' },
    'stored-messages': { type: 'string' },
    'stored-folder': { type: 'string' },
  },
});
// Said before anything is measured: that takes minutes.
if (options.check && !options.store && !existsSync(storedFile)) {
  process.stderr.write(`bench: there is nothing to check against: ${storedFile} does not exist; store the ratios of this machine with --store first\n`);
  process.exit(1);
}
const beganMs = performance.now();
const tell = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
const sectionNames = ['start', 'sip', 'store', 'calls', 'busy', 'upkeep', 'budget', 'allocation', 'short', 'flat', 'many', 'stored'] as const;
type SectionName = (typeof sectionNames)[number];
const plan = planned();
const { windowSec, calls: counts } = plan;

/** The sections that put the unit at a limit do so with as many calls. */
const heaviest = Math.max(...counts);
const kinds = ['leaving', 'collecting'] as const;

const sections: Readonly<Record<SectionName, () => Promise<Figure[]>>> = {
  start: async () => {
    const { medianMs, worstMs, firstMs, bareNodeMs } = await firstCall(plan.starts);
    return [
      figure('start to first answered call', medianMs, 'ms', { ratio: medianMs / bareNodeMs, against: 'a bare node', goal: 400 }),
      figure('start to first answered call, worst', worstMs, 'ms'),
      figure('start to first answered call, nothing kept', firstMs, 'ms'),
    ];
  },
  sip: async () => {
    const { parsedPerSec, builtPerSec, jsonPerSec } = sipRate();
    return [
      figure('INVITEs parsed', parsedPerSec, '/s', { ratio: parsedPerSec / jsonPerSec, against: 'JSON.parse', better: 'more' }),
      figure('responses built', builtPerSec, '/s', { ratio: builtPerSec / jsonPerSec, against: 'JSON.parse', better: 'more' }),
    ];
  },
  store: async () => {
    const { commitsPerSec, floorPerSec, bytesPerMinute, devicePerMinute } = await storeRate();
    return [
      figure('state changes made durable', commitsPerSec, '/s', { ratio: commitsPerSec / floorPerSec, against: 'bare fdatasync', better: 'more' }),
      figure('written per minute of message', bytesPerMinute / 1024, 'KiB', { ratio: bytesPerMinute / 480_000, against: 'its audio' }),
      ...(devicePerMinute === null ? [] : [figure('taken by the device per minute of message', devicePerMinute / 1024, 'KiB', { ratio: devicePerMinute / 480_000, against: 'its audio' })]),
    ];
  },
  calls: async () => {
    const figures: Figure[] = [];
    for (const calls of counts) {
      const floors = { packet: await told('packet', calls), batch: await told('batch', calls) };
      for (const kind of kinds) await orStop(figures, async () => figures.push(...(await loaded(kind, calls, floors))));
    }
    return figures;
  },
  busy: async () => busyFigures(await busy(heaviest, windowSec)),
  upkeep: async () => {
    const idle = await upkeep(plan.upkeepCalls, windowSec, false);
    return upkeepFigures(plan.upkeepCalls, await upkeep(plan.upkeepCalls, windowSec, true), idle, windowSec);
  },
  budget: async () => {
    const figures: Figure[] = [];
    for (const kind of kinds) await orStop(figures, async () => figures.push(...budgetFigures(await budget(kind, heaviest, windowSec))));
    return figures;
  },
  allocation: async () => {
    const figures: Figure[] = [];
    for (const kind of kinds) {
      await orStop(figures, async () => {
        const found = await allocation(kind, heaviest, windowSec);
        figures.push(...allocationFigures(found));
        tell(`${loadName(found)}: where the heap for one frame more is allocated, bytes`);
        for (const { site, bytes } of found.sites.slice(0, sitesTold)) tell(`  ${bytes.toFixed(2).padStart(8)}  ${site}`);
      });
    }
    return figures;
  },
  short: async () => {
    const profileAs = options.profile ? 'dist/bench-short' : null;
    const { perSecond, calls, rssBeforeMiB, rssMostMiB, rssAfterMiB, profile } = await shortCalls(profileAs);
    if (profileAs !== null) tellProfile(profile, profileAs);
    return [
      figure('short calls without a repetition', perSecond, '/s', { better: 'more', goal: 300 }),
      figure('memory right after short calls', rssMostMiB, `MiB, ${calls} calls`, { ratio: rssMostMiB / rssBeforeMiB, against: 'before' }),
      figure('memory 100 s after short calls', rssAfterMiB, `MiB, ${calls} calls`, { ratio: rssAfterMiB / rssBeforeMiB, against: 'before', goal: 1.1 * rssBeforeMiB }),
    ];
  },
  flat: async () => flatFigures(await flat(heaviest, plan.minutes, tell)),
  many: async () => {
    const { calls, beforeMiB, afterMiB } = await manyCalls(plan.manyCalls, tell);
    return [figure(`heap after ${calls} calls in virtual time`, afterMiB, 'MiB', { ratio: afterMiB / beforeMiB, against: 'after a hundredth' })];
  },
  stored: async () => {
    const mailboxes = plan.storedMailboxes;
    const messages = Math.max(1, Math.round(plan.storedMessages / mailboxes));
    const [few, many] = await stored([{ mailboxes: 10, messages, keptIn: null }, { mailboxes, messages, keptIn: options['stored-folder'] ?? null }], tell);
    return storedFigures(`${mailboxes * messages} messages in ${mailboxes} mailboxes`, few as StoredRun, many as StoredRun);
  },
};

/** A section that came to no end, and what it had measured by then. */
class Stopped extends Error {
  readonly figures: readonly Figure[];

  constructor(figures: readonly Figure[], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.figures = figures;
  }
}

async function orStop(figures: readonly Figure[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Stopped(figures, error);
  }
}

async function loaded(kind: LoadKind, calls: number, floors: Floors): Promise<Figure[]> {
  tell(loadName({ kind, calls }));
  const profileAs = options.profile && calls === heaviest ? `dist/bench-${calls}-${kind}` : null;
  const run = await callLoad({ kind, calls, windowSec, profileAs });
  if (profileAs !== null) tellProfile(run.profile, profileAs);
  return callFigures(run, floors);
}

/** What a section cannot do without. */
const needs: Readonly<Record<string, readonly (string | Need)[]>> = {
  calls: ['sipp', 'dumpcap'], short: ['sipp'], flat: ['sipp'], busy: ['sipp', 'dumpcap'], upkeep: ['sipp', 'dumpcap'], budget: ['sipp', 'dumpcap', memoryCgroup], allocation: ['sipp', 'dumpcap'],
};

/** The median of several short runs: one that is disturbed does not count. */
async function told(mode: FloorMode, calls: number): Promise<number | null> {
  tell(`floor of ${calls} calls, ${mode}`);
  const shares: number[] = [];
  for (let run = 0; run < plan.floorRuns; run++) {
    const share = await floor(mode, calls, Math.min(plan.floorSec, windowSec));
    if (share === null) return null;
    shares.push(share);
  }
  return median(shares);
}

function tellProfile(profile: CallLoad['profile'], profileAs: string): void {
  for (const thread of ['control', 'media'] as const) {
    tell(`written: ${profileFile(profileAs, thread)}; where its time went, %`);
    for (const { site, share } of profile?.[thread].slice(0, sitesTold) ?? []) tell(`  ${(100 * share).toFixed(2).padStart(8)}  ${site}`);
  }
}

/** What was measured so far, a list for each run of a section. */
const measured = new Map<string, Figure[][]>();
const skipped: Record<string, string> = {};
/** Why a section came to no end; what the others measured is told all the same. */
const failed: Record<string, string> = {};

async function measure(name: string): Promise<void> {
  const missing = requires(...(needs[name] ?? []));
  if (missing !== undefined) {
    if (skipped[name] === undefined) tell(`skipped ${name}: ${missing}`);
    skipped[name] = missing;
    return;
  }
  const began = performance.now();
  try {
    measured.set(name, [...(measured.get(name) ?? []), await sections[name as SectionName]()]);
  } catch (error) {
    if (error instanceof Stopped) measured.set(name, [...(measured.get(name) ?? []), [...error.figures]]);
    failed[name] = error instanceof Error ? error.message : String(error);
    tell(`${name} failed: ${failed[name]}`);
    process.exitCode = 1;
    endPrograms(); // callers of a section that came to no end
  }
  tell(`${name} took ${seconds(performance.now() - began)}`);
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** Ends the program where what was asked for cannot be. */
function planned(): Plan {
  try {
    return planOf({ sections: wanted, check: options.check, store: options.store, ...given() }, sectionNames);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

function given(): Partial<Asked> {
  const named = { calls: options.calls, seconds: options.seconds, minutes: options.minutes, runs: options.runs, manyCalls: options['many-calls'], storedMailboxes: options['stored-mailboxes'], storedMessages: options['stored-messages'] };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

const figuresNow = (): Figure[] => [...measured.values()].flatMap(merged);
/** None where nothing has been stored. */
const storedNow = (): StoredRatios => (existsSync(storedFile) ? (JSON.parse(readFileSync(storedFile, 'utf8')) as StoredRatios) : {});

mkdirSync('dist', { recursive: true });
if (plan.leftOut.length > 0) tell(`left out, as nothing of it is compared: ${plan.leftOut.join(', ')}`);
const rounds = Math.max(...plan.sections.map(({ runs }) => runs));
const steps = Array.from({ length: rounds }, (_, run) => plan.sections.filter(({ runs }) => run < runs).map(({ name, runs }) => ({ name, of: runs === 1 ? name : `${name}, run ${run + 1} of ${runs}` }))).flat();
for (const [at, { name, of }] of steps.entries()) {
  tell(`${at + 1} of ${steps.length}: ${of} (${seconds(performance.now() - beganMs)} so far)`);
  await measure(name);
}

// What looks worse is measured again, and the median counts: a disturbance is not a regression.
const storedRatios = options.check ? storedNow() : {};
for (let again = 1; again < checkedRuns; again++) {
  const worse = new Set(regressions(figuresNow(), storedRatios).map(({ name }) => name));
  for (const [name, all] of [...measured]) {
    if (!all.some((run) => run.some((one) => worse.has(one.name)))) continue;
    tell(`again: ${name}, of which something looks worse than stored (${seconds(performance.now() - beganMs)} so far)`);
    await measure(name);
  }
}

const figures = figuresNow();
process.stdout.write(`${table(figures)}\n\n${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}, Node.js ${process.version}\n`);
writeFileSync(resultFile, `${JSON.stringify({ node: process.version, kernel: release(), processor: cpus()[0]?.model ?? null, cores: cpus().length, windowSec, tookSec: Math.round((performance.now() - beganMs) / 1000), skipped, failed, figures }, null, 1)}\n`);
tell(`written: ${resultFile}`);

if (options.store) {
  const ratios = repeatable(figures);
  const now = new Set(figures.map(({ name }) => name));
  // Those of sections that were not run stay.
  const others = Object.entries(storedNow()).filter(([name]) => !now.has(name));
  writeFileSync(storedFile, `${JSON.stringify({ ...Object.fromEntries(others), ...ratios }, null, 1)}\n`);
  for (const { name, ratio, spread } of figures) if (ratio !== null && !(name in ratios)) tell(`not stored, as it varies by a factor of ${spread?.toFixed(2) ?? '?'}: ${name}`);
}
if (options.check) {
  const stored = storedNow();
  const checked = figures.filter(({ name, ratio }) => ratio !== null && name in stored).length;
  tell(`${checked} of ${Object.keys(stored).length} stored ratios were compared, in ${seconds(performance.now() - beganMs)}`);
  const worse = regressions(figures, stored);
  for (const { name, stored: before, now } of worse) process.stdout.write(`REGRESSION ${name}: ratio ${now.toFixed(2)}, stored ${before.toFixed(2)}\n`);
  // A check that compared nothing has not passed.
  if (worse.length > 0 || checked === 0) process.exitCode = 1;
}

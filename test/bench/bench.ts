// npm run bench: what the unit costs on this machine, each figure beside the least that it can cost, measured in the same run.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { requires } from '../support/skip.ts';
import type { CallLoad, LoadKind } from './call-load.ts';
import { callLoad } from './call-load.ts';
import type { Figure, StoredRatios } from './figures.ts';
import { percentile, regressions, table } from './figures.ts';
import { firstCall } from './first-call.ts';
import type { FloorMode } from './floor.ts';
import { floor } from './floor.ts';
import { manyCalls } from './many-calls.ts';
import { shortCalls } from './short-calls.ts';
import { sipRate } from './sip-rate.ts';
import { storeRate } from './store-rate.ts';

const storedFile = 'test/bench/ratios.json';
const resultFile = 'dist/bench.json';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    store: { type: 'boolean', default: false },
    calls: { type: 'string', default: '1,40,100,250' },
    seconds: { type: 'string', default: '15' },
    'many-calls': { type: 'string', default: '100000' },
  },
});
// Said before anything is measured: that takes minutes.
if (options.check && !options.store && !existsSync(storedFile)) {
  process.stderr.write(`bench: there is nothing to check against: ${storedFile} does not exist; store the ratios of this machine with --store first\n`);
  process.exit(1);
}
const windowSec = Number(options.seconds);
const counts = options.calls.split(',').map(Number);
const tell = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

/** Goals of the heaviest load, as a share of one core and in MiB. */
const goals: Readonly<Record<number, { readonly cpu: number; readonly rss: number }>> = { 40: { cpu: 6.5, rss: 64 }, 250: { cpu: 31, rss: 80 } };

const sections: Readonly<Record<string, () => Promise<Figure[]>>> = {
  start: async () => {
    const { medianMs, worstMs, firstMs, bareNodeMs } = await firstCall();
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
    const { commitsPerSec, floorPerSec, bytesPerMinute } = await storeRate();
    return [
      figure('state changes made durable', commitsPerSec, '/s', { ratio: commitsPerSec / floorPerSec, against: 'bare fdatasync', better: 'more' }),
      figure('written per minute of message', bytesPerMinute / 1024, 'KiB', { ratio: bytesPerMinute / 480_000, against: 'its audio' }),
    ];
  },
  calls: async () => {
    const figures: Figure[] = [];
    for (const calls of counts) {
      const floors = { packet: await told('packet', calls), batch: await told('batch', calls) };
      for (const kind of ['leaving', 'collecting'] as const) figures.push(...(await loaded(kind, calls, floors)));
    }
    return figures;
  },
  short: async () => {
    const { perSecond, calls, rssBeforeMiB, rssAfterMiB } = await shortCalls();
    return [
      figure('short calls without a repetition', perSecond, '/s', { better: 'more', goal: 300 }),
      figure(`memory after ${calls} short calls`, rssAfterMiB, 'MiB', { ratio: rssAfterMiB / rssBeforeMiB, against: 'before' }),
    ];
  },
  many: async () => {
    const { calls, beforeMiB, afterMiB } = await manyCalls(Number(options['many-calls']), tell);
    return [figure(`heap after ${calls} calls in virtual time`, afterMiB, 'MiB', { ratio: afterMiB / beforeMiB, against: 'after a hundredth' })];
  },
};

function figure(name: string, value: number, unit: string, more: Partial<Figure> = {}): Figure {
  return { name, value, unit, ratio: null, against: '', better: 'less', goal: null, ...more };
}

async function told(mode: FloorMode, calls: number): Promise<number | null> {
  tell(`floor of ${calls} calls, ${mode}`);
  return floor(mode, calls, Math.min(5, windowSec));
}

async function loaded(kind: LoadKind, calls: number, floors: Record<FloorMode, number | null>): Promise<Figure[]> {
  tell(`${calls} ${kind}`);
  const run: CallLoad = await callLoad(kind, calls, windowSec);
  const of = `${calls} ${kind}`;
  const { gapsMs, lost, packets, setupMs } = run.captured;
  const against = (mode: FloorMode): Partial<Figure> => (floors[mode] === null ? {} : { ratio: run.cpu / (floors[mode] as number), against: `C, ${mode}` });
  const goal = goals[calls];
  const heavy = calls === 250;
  return [
    figure(`${of}: CPU`, run.cpu * 100, '% of a core', { ...against('packet'), goal: goal?.cpu ?? null }),
    figure(`${of}: busiest thread`, (run.threads[0] ?? 0) * 100, '% of a core', against('batch')),
    figure(`${of}: second thread`, (run.threads[1] ?? 0) * 100, '% of a core'),
    figure(`${of}: RSS`, run.memory.rssMiB, 'MiB', { ratio: run.memory.rssMiB / run.idle.rssMiB, against: 'idle', goal: goal?.rss ?? null }),
    figure(`${of}: PSS`, run.memory.pssMiB, 'MiB'),
    figure(`${of}: heap of the control thread`, run.heapMiB, 'MiB'),
    figure(`${of}: media loop late, worst`, run.mediaLagMs, 'ms'),
    figure(`${of}: set-up p50`, percentile(setupMs, 0.5), 'ms'),
    figure(`${of}: set-up p99`, percentile(setupMs, 0.99), 'ms', { goal: 5 }),
    ...(packets === 0 ? [] : [
      figure(`${of}: RTP gap p50`, percentile(gapsMs, 0.5), 'ms'),
      figure(`${of}: RTP gap p99`, percentile(gapsMs, 0.99), 'ms'),
      figure(`${of}: RTP gap p99.9`, percentile(gapsMs, 0.999), 'ms', { goal: heavy ? 23 : null }),
      figure(`${of}: RTP gap max`, gapsMs.at(-1) ?? Number.NaN, 'ms'),
      figure(`${of}: packets not sent`, lost, `of ${packets}`, { goal: 0 }),
    ]),
    ...(kind === 'leaving' ? [figure(`${of}: messages intact`, run.intact, `of ${calls}`, { better: 'more', goal: calls })] : []),
    figure(`${of}: repeated by sipp`, run.retransmissions, 'messages', { goal: 0 }),
  ];
}

const missing = requires('sipp', 'dumpcap');
const chosen = Object.entries(sections).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const figures: Figure[] = [];
for (const [name, run] of chosen) {
  if (missing !== undefined && (name === 'calls' || name === 'short')) {
    tell(`skipped ${name}: ${missing}`);
    continue;
  }
  tell(name);
  figures.push(...(await run()));
}
process.stdout.write(`${table(figures)}\n\n${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node.js ${process.version}\n`);
mkdirSync('dist', { recursive: true });
writeFileSync(resultFile, `${JSON.stringify({ node: process.version, cores: cpus().length, windowSec, figures }, null, 1)}\n`);
tell(`written: ${resultFile}`);

const ratios: StoredRatios = Object.fromEntries(figures.filter(({ ratio }) => ratio !== null).map(({ name, ratio }) => [name, Math.round((ratio as number) * 1000) / 1000]));
if (options.store) writeFileSync(storedFile, `${JSON.stringify(ratios, null, 1)}\n`);
if (options.check) {
  const worse = regressions(figures, JSON.parse(readFileSync(storedFile, 'utf8')) as StoredRatios);
  for (const { name, stored, now } of worse) process.stdout.write(`REGRESSION ${name}: ratio ${now.toFixed(2)}, stored ${stored.toFixed(2)}\n`);
  if (worse.length > 0) process.exitCode = 1;
}

import type { CallLoad } from './call-load.ts';
import type { Figure } from './figures.ts';
import { figure, percentile } from './figures.ts';
import type { FloorMode } from './floor.ts';
import type { ThreadName } from './thread-probe.ts';

/** What a bare C program needs for the same packets, as a share of one core; null: there is no compiler. */
export type Floors = Readonly<Record<FloorMode, number | null>>;

/** Goals of the heaviest loads: CPU as a percentage of one core, RSS in MiB. */
const goals: Readonly<Record<number, { readonly cpu: number; readonly rss: number }>> = { 40: { cpu: 6.5, rss: 64 }, 250: { cpu: 31, rss: 80 } };
const heaviest = 250;
/** What the media part may cost, in bare loops with sendmmsg and recvmmsg. */
const mostBatches = 1.5;
/** Octets of a minute of G.711. */
const audioBytes = 480_000;
const kib = 1024;
/** Periods of packets are multiples of it. */
const tickMs = 10;

/** null = nothing is wanted of so many. */
export const goalRss = (calls: number): number | null => goals[calls]?.rss ?? null;

export const loadName = ({ calls, kind }: Pick<CallLoad, 'calls' | 'kind'>): string => `${calls} ${kind}`;

export function callFigures(run: CallLoad, floors: Floors): Figure[] {
  const of = loadName(run);
  return [...costs(of, run, floors), ...loops(of, run), ...signalling(of, run), ...pacing(of, run), ...(run.kind === 'leaving' ? recorded(of, run) : [])];
}

function costs(of: string, { calls, cpu, threads, memory, idle, heapMiB }: CallLoad, floors: Floors): Figure[] {
  const against = (mode: FloorMode, share: number): Partial<Figure> => (floors[mode] === null ? {} : { ratio: share / (floors[mode] as number), against: `C, ${mode}` });
  const [busiest = 0, second = 0] = threads;
  const goal = goals[calls];
  return [
    figure(`${of}: CPU`, cpu * 100, '% of a core', { ...against('packet', cpu), goal: goal?.cpu ?? null }),
    figure(`${of}: busiest thread`, busiest * 100, '% of a core', against('batch', busiest)),
    figure(`${of}: second thread`, second * 100, '% of a core'),
    figure(`${of}: RSS`, memory.rssMiB, 'MiB', { ratio: memory.rssMiB / idle.rssMiB, against: 'idle', goal: goal?.rss ?? null }),
    figure(`${of}: PSS`, memory.pssMiB, 'MiB'),
    ...(['control', 'media'] as const).map((thread) => figure(`${of}: heap of the ${thread} thread`, heapMiB[thread], 'MiB')),
  ];
}

/** The engine by itself: `share` of a core; null = there was nothing to measure against. */
export function mediaFigures(of: string, share: number | null, { packet, batch }: Floors): Figure[] {
  if (share === null || packet === null || batch === null) return [];
  return [
    figure(`${of}, engine alone: CPU`, share * 100, '% of a core', { ratio: share / batch, against: 'C, batch', goal: mostBatches * batch * 100 }),
    figure(`${of}, engine alone: beside a call a packet`, share * 100, '% of a core', { ratio: share / packet, against: 'C, packet' }),
  ];
}

/** How late each thread came to its work. */
export function loops(of: string, { loops: delays }: { readonly loops: CallLoad['loops'] }): Figure[] {
  return (['control', 'media'] satisfies ThreadName[]).flatMap((thread) => [
    figure(`${of}: ${thread} loop late p99`, delays[thread].p99Ms, 'ms'),
    figure(`${of}: ${thread} loop late max`, delays[thread].maxMs, 'ms'),
  ]);
}

function signalling(of: string, { captured: { setupMs, lateSetupMs }, retransmissions }: CallLoad): Figure[] {
  return [
    figure(`${of}: set-up p50`, percentile(setupMs, 0.5), 'ms'),
    figure(`${of}: set-up p99`, percentile(setupMs, 0.99), 'ms', { goal: 5 }),
    ...(lateSetupMs.length < 8 ? [] : [figure(`${of}: set-up p50, last fifth`, percentile(lateSetupMs, 0.5), 'ms'), figure(`${of}: set-up p99, last fifth`, percentile(lateSetupMs, 0.99), 'ms')]),
    figure(`${of}: repeated by sipp`, retransmissions, 'messages', { goal: 0 }),
  ];
}

/** Nothing where nothing was sent. `moreGoalMs`: what the p99.9 may be more than the packets' period, which is 20 ms, and longer where silence is sent; null = nothing is wanted. */
export function pacing(of: string, { captured: { gapsMs, lost, packets }, calls }: Pick<CallLoad, 'captured' | 'calls'>, moreGoalMs: number | null = calls === heaviest ? 3 : null): Figure[] {
  if (packets === 0) return [];
  const p50Ms = percentile(gapsMs, 0.5);
  const p999GoalMs = moreGoalMs === null ? null : Math.round(p50Ms / tickMs) * tickMs + moreGoalMs;
  return [
    figure(`${of}: RTP gap p50`, p50Ms, 'ms'),
    figure(`${of}: RTP gap p99`, percentile(gapsMs, 0.99), 'ms'),
    figure(`${of}: RTP gap p99.9`, percentile(gapsMs, 0.999), 'ms', { goal: p999GoalMs }),
    figure(`${of}: RTP gap max`, gapsMs.at(-1) ?? Number.NaN, 'ms'),
    figure(`${of}: packets not sent`, lost, `of ${packets}`, { goal: 0 }),
  ];
}

function recorded(of: string, { intact, calls, writtenPerMinute, devicePerMinute }: CallLoad): Figure[] {
  const perMinute = (bytes: number): Partial<Figure> => ({ ratio: bytes / audioBytes, against: 'its audio' });
  return [
    figure(`${of}: messages intact`, intact, `of ${calls}`, { better: 'more', goal: calls }),
    figure(`${of}: written per minute of message`, writtenPerMinute / kib, 'KiB', perMinute(writtenPerMinute)),
    ...(devicePerMinute === null ? [] : [figure(`${of}: taken by the device per minute of message`, devicePerMinute / kib, 'KiB', perMinute(devicePerMinute))]),
  ];
}

import type { FrameAllocation } from './allocation.ts';
import type { Slope } from './allocation-kinds.ts';
import type { Budget } from './budget.ts';
import type { Busy } from './busy.ts';
import { hugeBytes } from './busy.ts';
import { goalRss, loadName, loops, pacing } from './call-figures.ts';
import type { Figure } from './figures.ts';
import { figure, percentile } from './figures.ts';
import type { Flat } from './flat.ts';
import type { Upkeep } from './upkeep.ts';

const mib = 1024 * 1024;
/** Milliseconds that the p99.9 of the gaps may be more than 20 while the control thread works hard. */
const busyGapMs = 20;

export function busyFigures(run: Busy): Figure[] {
  const of = `${run.calls} collecting, busy console`;
  return [
    figure(`${of}: ${hugeBytes / mib} MiB as configuration refused after`, run.done.hugeRefusedMs, 'ms'),
    figure(`${of}: commits of the largest configuration`, run.done.commits, 'commits'),
    figure(`${of}: slowest commit`, run.done.slowestCommitMs, 'ms'),
    figure(`${of}: messages shown`, run.done.shown, 'messages'),
    ...pacing(of, run, busyGapMs),
    ...loops(of, run),
    figure(`${of}: repeated by sipp`, run.retransmissions, 'messages'),
  ];
}

export function budgetFigures(run: Budget): Figure[] {
  const of = `${loadName(run)} within the board's ${run.budgetBytes / mib} MiB`;
  const { peakBytes, processBytes, limitMet, killed } = run.cgroup;
  return [
    ...(peakBytes === null ? [] : [figure(`${of}: most memory, page cache too`, peakBytes / mib, 'MiB', { ratio: peakBytes / run.budgetBytes, against: 'the budget', goal: run.budgetBytes / mib })]),
    figure(`${of}: memory of the process`, processBytes / mib, 'MiB', { ratio: processBytes / run.budgetBytes, against: 'the budget' }),
    figure(`${of}: limit met`, limitMet, 'times'),
    figure(`${of}: killed for memory`, killed, 'times', { goal: 0 }),
    figure(`${of}: calls beyond the ports refused with 503`, run.refused, `of ${run.tried}`, { better: 'more', goal: run.tried }),
    ...(run.kind === 'leaving' ? [figure(`${of}: messages intact`, run.intact, `of ${run.calls}`, { better: 'more' as const, goal: run.calls })] : []),
  ];
}

export function allocationFigures(run: FrameAllocation): Figure[] {
  const of = `${loadName(run)}: heap that the media thread allocates`;
  const bytes = ({ error }: Slope): string => `bytes, give or take ${error.toFixed(2)}`;
  return [
    figure(`${of}`, run.bytesPerSecond / 1024, 'KiB/s'),
    figure(`${of} for one frame more`, run.frame.bytes, bytes(run.frame), { goal: 2 * run.frame.error }),
    figure(`${of} for it seldom: chunk, block, report, order`, run.seldom.bytes, bytes(run.seldom)),
  ];
}

/** Of the same calls with and without housekeeping. */
export function upkeepFigures(calls: number, due: Upkeep, idle: Upkeep, windowSec: number): Figure[] {
  const of = `${calls} collecting, emptying the trash`;
  const gapMs = ({ captured: { gapsMs } }: Upkeep, share: number): number => percentile(gapsMs, share);
  const beside = (share: number): Partial<Figure> => ({ ratio: gapMs(due, share) / gapMs(idle, share), against: 'without' });
  return [
    figure(`${of}: messages purged`, due.purged / windowSec, '/s'),
    figure(`${of}: RTP gap p99`, gapMs(due, 0.99), 'ms', beside(0.99)),
    figure(`${of}: RTP gap p99.9`, gapMs(due, 0.999), 'ms', beside(0.999)),
    figure(`${of}: RTP gap max`, due.captured.gapsMs.at(-1) ?? Number.NaN, 'ms'),
    figure(`${of}: packets not sent`, due.captured.lost, `of ${due.captured.packets}`, { goal: 0 }),
    ...loops(of, due),
    ...loops(`${calls} collecting, full trash kept`, idle),
    figure(`${of}: repeated by sipp`, due.retransmissions, 'messages', { goal: 0 }),
  ];
}

/** What may be missing or too much in `show memory`, of the process. */
const untoldGoal = 5;
/** What memory may grow by from one quarter of the time to another. */
const growthGoal = 1.05;

export function flatFigures({ ports, minutes, stored, firstMiB, lastMiB, mostMiB, mibPerHour, toldShare }: Flat): Figure[] {
  const of = `${ports} ports for ${minutes} min, calls come and go`;
  return [
    figure(`${of}: RSS in the last quarter`, lastMiB, 'MiB', { ratio: lastMiB / firstMiB, against: 'the first', goal: growthGoal * firstMiB }),
    figure(`${of}: most RSS`, mostMiB, 'MiB', { goal: goalRss(ports) }),
    figure(`${of}: RSS rises by`, mibPerHour, 'MiB/h'),
    figure(`${of}: not told by show memory`, Math.abs(1 - toldShare) * 100, '% of RSS', { goal: untoldGoal }),
    figure(`${of}: messages stored`, stored, 'messages', { better: 'more' }),
  ];
}

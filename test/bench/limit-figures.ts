import type { FrameAllocation } from './allocation.ts';
import type { Budget } from './budget.ts';
import type { Busy } from './busy.ts';
import { hugeBytes } from './busy.ts';
import { loadName, loops, pacing } from './call-figures.ts';
import type { Figure } from './figures.ts';
import { figure } from './figures.ts';

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
  return [figure(`${of}`, run.bytesPerSecond / 1024, 'KiB/s'), figure(`${of} for one frame more`, run.bytesPerFrame, 'bytes', { goal: 0 })];
}

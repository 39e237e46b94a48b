import type { MonotonicMs } from '../../hal/clock.ts';
import type { QueuePriority } from '../callflow/requests/queue-requests.ts';
import type { QueueState, WaitingCaller } from './queue-state.ts';
import { etaCalls, etaWindowMs } from './queue-state.ts';

const rank: Record<QueuePriority, number> = { high: 0, medium: 1, low: 2 };

/** Who is served first: priority, then who came first. */
export const inOrder = (callers: readonly WaitingCaller[]): WaitingCaller[] =>
  callers.map((caller, at) => ({ caller, at })).sort((one, other) => rank[one.caller.priority] - rank[other.caller.priority] || one.at - other.at).map(({ caller }) => caller);

/** 1 = the next of its queue. */
export const positionOf = ({ callers }: QueueState, caller: WaitingCaller): number =>
  inOrder(callers.filter(({ queue }) => queue === caller.queue)).findIndex(({ id }) => id === caller.id) + 1;

/** How long a caller of the queue waits, by those who were answered lately; null = nobody was. */
export function usualWaitMs({ answered }: QueueState, queue: string, nowMs: MonotonicMs): number | null {
  const waits = (answered[queue] ?? []).filter(({ atMs }) => nowMs - atMs <= etaWindowMs).slice(-etaCalls);
  return waits.length === 0 ? null : waits.reduce((sum, { waitedMs }) => sum + waitedMs, 0) / waits.length;
}

/** Seconds until an answer may be expected, at least one; null = nobody can say. */
export function etaSecOf(state: QueueState, { queue, enteredMs }: WaitingCaller, nowMs: MonotonicMs): number | null {
  const usualMs = usualWaitMs(state, queue, nowMs);
  return usualMs === null ? null : Math.max(1, Math.ceil((usualMs - (nowMs - enteredMs)) / 1000));
}

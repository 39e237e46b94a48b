import type { MonotonicMs } from '../../hal/clock.ts';
import type { QueueSettings } from '../config/queue-settings.ts';
import type { QueueEffect, QueueStep } from './queue-machine.ts';
import { etaSecOf, positionOf } from './queue-order.ts';
import type { QueueState, WaitingCaller } from './queue-state.ts';

/** Where callers hear announcements together, those are taken along who would be due within so long. */
const togetherMs = 5000;

type Announce = Extract<QueueEffect, { type: 'announce' }>;

/** Announcements that are due. */
export function announceDue(state: QueueState, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  const due = state.callers.filter((caller) => isDue(caller, nowMs) || goesAlong(state, caller, nowMs, queues));
  if (due.length === 0) return { state, effects: [] };
  const told = new Map(due.map((caller) => [caller.id, announcement(state, caller, nowMs)]));
  return {
    state: { ...state, callers: state.callers.map((caller) => withTold(caller, told.get(caller.id))) },
    effects: [...told.values()],
  };
}

/** What may be said now: never anything worse than before (VoiceMail Pro's rule, which priorities would break). */
export function announcement(state: QueueState, caller: WaitingCaller, nowMs: MonotonicMs): Announce {
  const { id, told } = caller;
  const position = positionOf(state, caller);
  const etaSec = etaSecOf(state, caller, nowMs);
  return {
    type: 'announce',
    id,
    point: caller.point === null ? 'Queued' : 'Still Queued',
    position: told === null ? position : Math.min(told.position, position),
    etaSec: better(told?.etaSec ?? null, etaSec),
    waitedSec: Math.floor((nowMs - caller.enteredMs) / 1000),
  };
}

/** The lesser of two, where each may be unknown. */
export const better = (before: number | null, now: number | null): number | null => (before === null ? now : now === null ? before : Math.min(before, now));

const withTold = (caller: WaitingCaller, told: Announce | undefined): WaitingCaller =>
  told === undefined ? caller : { ...caller, point: told.point, announceAtMs: null, told: { position: told.position, etaSec: told.etaSec } };

const isDue = ({ announceAtMs }: WaitingCaller, nowMs: MonotonicMs): boolean => announceAtMs !== null && announceAtMs <= nowMs;

function goesAlong({ callers }: QueueState, { queue, announceAtMs, point }: WaitingCaller, nowMs: MonotonicMs, queues: readonly QueueSettings[]): boolean {
  if (announceAtMs === null || announceAtMs - nowMs > togetherMs) return false;
  const together = queues.find(({ number }) => number === queue)?.together === true;
  return together && callers.some((other) => other.queue === queue && (other.point === null) === (point === null) && isDue(other, nowMs));
}

import type * as v from 'valibot';
import type { jobSchema } from './notify-record.ts';

/** Whom to call about new messages, and how often. */
export interface OutcallPlan {
  /** One after another; all of them before the next retry. */
  readonly destinations: readonly string[];
  /** Further rounds. */
  readonly retries: number;
  /** Minutes before each of them; the last one holds for all further ones. */
  readonly intervalsMin: readonly number[];
}

/** Stored, so that a restart goes on; null = there is nothing to tell. `messages`: what is told when somebody is reached, or nobody ever was. */
export type OutcallJob = v.InferOutput<typeof jobSchema>;

export type OutcallInput =
  /** `untold`: all new messages that nobody was told of. */
  | { readonly type: 'messages'; readonly untold: readonly string[] }
  /** Time has passed. `open`: it is an hour at which calls are wanted. */
  | { readonly type: 'look'; readonly open: boolean }
  | { readonly type: 'ended'; readonly reached: boolean }
  /** The unit was started anew: a call that was made is gone, and counts as unanswered, so that a unit that falls over does not ring anew each time. */
  | { readonly type: 'restarted' };

export interface OutcallStep {
  readonly job: OutcallJob | null;
  /** Place in the list of who is to be called now. */
  readonly call: number | null;
  /** These are told: reached, or given up. */
  readonly told: readonly string[];
  readonly gaveUp: boolean;
}

const longestWaitMs = 60 * 60_000;

/** Pure: where the calls about the messages of one mailbox stand. `nowMs`: wall time. */
export function outcallStep(plan: OutcallPlan, job: OutcallJob | null, input: OutcallInput, nowMs: number): OutcallStep {
  switch (input.type) {
    case 'messages':
      return withMessages(job, input.untold, nowMs);
    case 'look':
      return job !== null && job.name === 'waiting' && input.open && isDue(job, nowMs) ? call(plan, job) : stay(job);
    case 'ended':
      if (job === null || job.name !== 'calling') return stay(job);
      return input.reached ? { job: null, call: null, told: job.messages, gaveUp: false } : next(plan, job, nowMs);
    case 'restarted':
      return job !== null && job.name === 'calling' ? next(plan, job, nowMs) : stay(job);
  }
}

/** A call that is under way is about what there was when it began; what the owner has heard meanwhile ends the waiting. */
function withMessages(job: OutcallJob | null, untold: readonly string[], nowMs: number): OutcallStep {
  const messages = untold.slice(-400);
  if (job?.name === 'calling') return stay(job);
  if (messages.length === 0) return stay(null);
  if (job === null) return stay({ name: 'waiting', round: 0, index: 0, dueMs: nowMs, messages });
  return job.messages.join() === messages.join() ? stay(job) : stay({ ...job, messages });
}

function call(plan: OutcallPlan, job: OutcallJob): OutcallStep {
  // The owner may have made the list shorter since.
  const index = Math.min(job.index, plan.destinations.length - 1);
  return index < 0 ? stay(job) : { job: { ...job, name: 'calling', index }, call: index, told: [], gaveUp: false };
}

function next(plan: OutcallPlan, job: OutcallJob, nowMs: number): OutcallStep {
  if (job.index + 1 < plan.destinations.length) return stay({ ...job, name: 'waiting', index: job.index + 1, dueMs: nowMs });
  if (job.round >= plan.retries) return { job: null, call: null, told: job.messages, gaveUp: true };
  const minutes = plan.intervalsMin[Math.min(job.round, plan.intervalsMin.length - 1)] ?? 0;
  return stay({ ...job, name: 'waiting', round: job.round + 1, index: 0, dueMs: nowMs + minutes * 60_000 });
}

/** One that lies further ahead than any interval was put there before the clock was set back. */
const isDue = ({ dueMs }: OutcallJob, nowMs: number): boolean => dueMs <= nowMs || dueMs - nowMs > longestWaitMs;

const stay = (job: OutcallJob | null): OutcallStep => ({ job, call: null, told: [], gaveUp: false });

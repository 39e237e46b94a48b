import type { MonotonicMs } from '../../hal/clock.ts';
import type { QueuePriority } from '../callflow/requests/queue-requests.ts';
import type { QueueSettings } from '../config/queue-settings.ts';

/** What an agent's telephone does, as dialog events say; unknown: nobody tells, so it is tried. */
export type AgentLine = 'free' | 'ringing' | 'busy' | 'unknown';

/** Why a call to an agent came to nothing. */
export type AgentFailure = 'busy' | 'no-answer' | 'unreachable';

export interface Agent {
  readonly line: AgentLine;
  /** The caller for whom this unit rings the agent, or who talks to them; null = none. */
  readonly caller: string | null;
  readonly talking: boolean;
  /** Of the end of the last call that we know of. */
  readonly freeSinceMs: MonotonicMs;
  /** Passed over until then. */
  readonly restUntilMs: MonotonicMs;
  /** The last call could not reach them. */
  readonly away: boolean;
}

export interface WaitingCaller {
  readonly id: string;
  /** Number of the queue. */
  readonly queue: string;
  readonly priority: QueuePriority;
  readonly enteredMs: MonotonicMs;
  /** No agent was to be had at once. */
  readonly queued: boolean;
  /** Agents who are rung for them, by key. */
  readonly ringing: readonly string[];
  /** Somebody else is called for them: no agent is rung, and they do not overflow. */
  readonly held: boolean;
  /** The announcement before. */
  readonly point: 'Queued' | 'Still Queued' | null;
  /** null: one is being heard, or none follows. */
  readonly announceAtMs: MonotonicMs | null;
  /** The best that was announced, which is not taken back; null = nothing was. */
  readonly told: { readonly position: number; readonly etaSec: number | null } | null;
}

/** A caller who had to wait and was answered. */
export interface AnsweredWait {
  readonly atMs: MonotonicMs;
  readonly waitedMs: number;
}

export interface QueueState {
  /** In the order in which they came in. */
  readonly callers: readonly WaitingCaller[];
  /** By key; those of all queues. */
  readonly agents: Readonly<Record<string, Agent>>;
  /** By number of the queue; the newest `etaCalls`. */
  readonly answered: Readonly<Record<string, readonly AnsweredWait[]>>;
}

/** VoiceMail Pro's figures: the last five queued and answered calls of the last hour. */
export const etaCalls = 5;
export const etaWindowMs = 60 * 60 * 1000;

/** One person at one PBX, in however many queues. */
export const agentKey = (queue: Pick<QueueSettings, 'peer'>, agent: string): string => `${agent}@${queue.peer ?? ''}`;
export const numberOfAgent = (key: string): string => key.slice(0, key.lastIndexOf('@'));

export const emptyQueues: QueueState = { callers: [], agents: {}, answered: {} };

const never = -1e15 as MonotonicMs;
const newAgent: Agent = { line: 'unknown', caller: null, talking: false, freeSinceMs: never, restUntilMs: never, away: false };
export const agentOf = (state: QueueState, key: string): Agent => state.agents[key] ?? newAgent;
export const isFree = ({ caller, line, restUntilMs }: Agent, nowMs: MonotonicMs): boolean => caller === null && (line === 'free' || line === 'unknown') && restUntilMs <= nowMs;

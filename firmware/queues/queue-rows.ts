import type { MonotonicMs } from '../../hal/clock.ts';
import type { QueueSettings } from '../config/queue-settings.ts';
import type { QueueCounters } from './queue-counts.ts';
import { etaSecOf, inOrder, usualWaitMs } from './queue-order.ts';
import type { Agent, AgentLine, QueueState } from './queue-state.ts';
import { agentKey, agentOf, numberOfAgent } from './queue-state.ts';

/** A queue as people look at it. */
export interface QueueRow extends QueueCounters {
  readonly number: string;
  readonly name: string;
  readonly waiting: number;
  readonly talking: number;
  /** Of who waits longest; null = nobody waits. */
  readonly longestMs: number | null;
  /** By the last five who had to wait, of the last hour; null = there were none. */
  readonly usualWaitMs: number | null;
}

export interface QueuedRow {
  readonly queue: string;
  /** 1 = the next of its queue, as it is announced. */
  readonly position: number;
  /** The call's id. */
  readonly call: string;
  readonly priority: string;
  readonly waitedMs: number;
  /** null: nobody can say. */
  readonly etaSec: number | null;
  /** Agents who are rung for them. */
  readonly ringing: readonly string[];
}

export interface AgentRow {
  readonly number: string;
  readonly queues: readonly string[];
  readonly doing: 'talks' | 'rings' | 'rests' | 'away' | AgentLine;
  /** The call that they have, or are rung for. */
  readonly call: string | null;
  /** How their telephone is watched. */
  readonly watch: string;
}

export function queueRows(state: QueueState, queues: readonly QueueSettings[], counters: (queue: string) => QueueCounters, nowMs: MonotonicMs): QueueRow[] {
  return queues.map((queue) => {
    const waiting = state.callers.filter((caller) => caller.queue === queue.number);
    const agents = queue.agents.map((agent) => agentOf(state, agentKey(queue, agent)));
    return {
      number: queue.number,
      name: queue.name,
      waiting: waiting.length,
      talking: agents.filter(({ talking }) => talking).length,
      longestMs: waiting.length === 0 ? null : Math.max(...waiting.map(({ enteredMs }) => nowMs - enteredMs)),
      usualWaitMs: usualWaitMs(state, queue.number, nowMs),
      ...counters(queue.number),
    };
  });
}

export function queuedRows(state: QueueState, queues: readonly QueueSettings[], nowMs: MonotonicMs): QueuedRow[] {
  return queues.flatMap(({ number }) =>
    inOrder(state.callers.filter(({ queue }) => queue === number)).map((caller, before) => ({
      queue: number,
      position: before + 1,
      call: caller.id,
      priority: caller.priority,
      waitedMs: nowMs - caller.enteredMs,
      etaSec: etaSecOf(state, caller, nowMs),
      ringing: caller.ringing.map(numberOfAgent),
    })),
  );
}

/** `watch`: by key, how it is watched. */
export function agentRows(state: QueueState, queues: readonly QueueSettings[], watch: (key: string) => string, nowMs: MonotonicMs): AgentRow[] {
  const keys = [...new Set(queues.flatMap((queue) => queue.agents.map((agent) => agentKey(queue, agent))))];
  return keys.map((key) => {
    const agent = agentOf(state, key);
    return {
      number: numberOfAgent(key),
      queues: queues.filter((queue) => queue.agents.some((one) => agentKey(queue, one) === key)).map(({ number }) => number),
      doing: doingOf(agent, nowMs),
      call: agent.caller,
      watch: watch(key),
    };
  });
}

function doingOf({ caller, talking, restUntilMs, away, line }: Agent, nowMs: MonotonicMs): AgentRow['doing'] {
  if (caller !== null) return talking ? 'talks' : 'rings';
  if (restUntilMs > nowMs) return away ? 'away' : 'rests';
  return line;
}

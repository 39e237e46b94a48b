import type { MonotonicMs } from '../../hal/clock.ts';
import type { QueuePriority } from '../callflow/requests/queue-requests.ts';
import type { QueueSettings } from '../config/queue-settings.ts';
import { announceDue } from './queue-announcements.ts';
import { dispatch } from './queue-dispatch.ts';
import { inOrder } from './queue-order.ts';
import type { Agent, AgentFailure, AgentLine, QueueState, WaitingCaller } from './queue-state.ts';
import { agentKey, agentOf, etaCalls } from './queue-state.ts';

/**
 * All queues of the unit: who waits, who is rung for whom, who talks.
 *
 *   arrived -> waiting -> (agent rung -> not answered -> waiting ...) -> agent-answered: joined -> talk-ended
 *                 \-> announcements at their intervals, also while agents are rung
 *                 \-> left (hung up, or went to the mailbox)
 *                 \-> overflow: full, too long, no agents, or the queue is no more
 *
 * An agent is rung for one caller at a time, over all queues.
 */
export type QueueInput =
  /** `port`: an agent can be called for them, now or after a talk that goes on. */
  | { readonly type: 'arrived'; readonly id: string; readonly queue: string; readonly priority: QueuePriority; readonly port: boolean }
  | { readonly type: 'left'; readonly id: string }
  /** Somebody else is called for the caller, who keeps the place; false: not any more. */
  | { readonly type: 'held'; readonly id: string; readonly held: boolean }
  /** The announcement has been heard. */
  | { readonly type: 'announced'; readonly id: string }
  | { readonly type: 'agent-line'; readonly agent: string; readonly line: AgentLine }
  | { readonly type: 'agent-answered'; readonly id: string; readonly agent: string }
  | { readonly type: 'agent-failed'; readonly id: string; readonly agent: string; readonly why: AgentFailure }
  /** No port is left to call an agent. `stuck`: nobody talks to one, so none of those who wait would ever give one free. */
  | { readonly type: 'no-port'; readonly id: string; readonly agent: string; readonly stuck: boolean }
  | { readonly type: 'talk-ended'; readonly agent: string }
  /** Time has passed, or the settings are others. */
  | { readonly type: 'tick' };

type OverflowReason = 'full' | 'no-port' | 'too-long' | 'no-agents' | 'closed';

export type QueueEffect =
  | { readonly type: 'ring'; readonly id: string; readonly agent: string; readonly ms: number }
  /** Somebody else has the call, or the caller is gone. */
  | { readonly type: 'cancel'; readonly id: string; readonly agent: string }
  | { readonly type: 'join'; readonly id: string; readonly agent: string }
  | { readonly type: 'announce'; readonly id: string; readonly point: 'Queued' | 'Still Queued'; readonly position: number; readonly etaSec: number | null; readonly waitedSec: number }
  | { readonly type: 'overflow'; readonly id: string; readonly why: OverflowReason; readonly to: string | null };

export interface QueueStep {
  readonly state: QueueState;
  readonly effects: readonly QueueEffect[];
}

/** An agent who could not be had is passed over for so long; one who did not answer only for the lesser where no other could be called. */
const restMs = 60_000;
const shortRestMs = 5000;

/** Pure and total: an input that means nothing changes nothing. */
export function queueStep(state: QueueState, input: QueueInput, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  const first = happened(state, input, nowMs, queues);
  const overflown = overflow(first.state, nowMs, queues);
  const rung = dispatch(overflown.state, nowMs, queues);
  const told = announceDue(rung.state, nowMs, queues);
  return { state: told.state, effects: [...first.effects, ...overflown.effects, ...rung.effects, ...told.effects] };
}

/** When something is due by itself; null = nothing is. */
export function nextDueMs({ callers, agents }: QueueState, nowMs: MonotonicMs, queues: readonly QueueSettings[]): MonotonicMs | null {
  if (callers.length === 0) return null;
  const mostWait = (caller: WaitingCaller): number => (queues.find(({ number }) => number === caller.queue)?.mostWaitSec ?? 0) * 1000;
  const due = [
    ...callers.flatMap((caller) => [...(caller.held ? [] : [caller.enteredMs + mostWait(caller)]), ...(caller.announceAtMs === null ? [] : [caller.announceAtMs])]),
    ...Object.values(agents).flatMap(({ restUntilMs }) => (restUntilMs > nowMs ? [restUntilMs] : [])),
  ];
  return due.length === 0 ? null : (Math.min(...due) as MonotonicMs);
}

function happened(state: QueueState, input: QueueInput, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  switch (input.type) {
    case 'arrived':
      return arrived(state, input, nowMs, queues);
    case 'left':
      return gone(state, input.id);
    case 'held':
      return held(state, input.id, input.held);
    case 'announced':
      return announced(state, input.id, nowMs, queues);
    case 'agent-line':
      return only(withAgent(state, input.agent, { line: input.line, ...lineFreed(agentOf(state, input.agent), input.line, nowMs) }));
    case 'agent-answered':
      return answered(state, input.id, input.agent, nowMs);
    case 'agent-failed':
      return failed(state, input, nowMs, queues);
    case 'no-port':
      return noPort(state, input, nowMs, queues);
    case 'talk-ended':
      return only(withAgent(state, input.agent, { caller: null, talking: false, freeSinceMs: nowMs }));
    case 'tick':
      return only(state);
  }
}

function arrived(state: QueueState, input: Extract<QueueInput, { type: 'arrived' }>, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  const { id, priority } = input;
  const queue = queues.find(({ number }) => number === input.queue);
  if (state.callers.some((caller) => caller.id === id)) return only(state);
  if (queue === undefined) return { state, effects: [{ type: 'overflow', id, why: 'closed', to: null }] };
  const waiting = state.callers.filter((caller) => caller.queue === queue.number).length;
  if (waiting >= queue.mostWaiting) return { state, effects: [{ type: 'overflow', id, why: 'full', to: queue.overflow }] };
  if (!input.port) return { state, effects: [{ type: 'overflow', id, why: 'no-port', to: queue.overflow }] };
  const caller: WaitingCaller = { id, queue: queue.number, priority, enteredMs: nowMs, queued: false, ringing: [], held: false, point: null, announceAtMs: (nowMs + queue.firstSec * 1000) as MonotonicMs, told: null };
  return only({ ...state, callers: [...state.callers, caller] });
}

function held(state: QueueState, id: string, isHeld: boolean): QueueStep {
  const { agents, effects } = isHeld ? released(state, id) : { agents: state.agents, effects: [] };
  return { state: withCaller({ ...state, agents }, id, ({ ringing }) => ({ held: isHeld, ringing: isHeld ? [] : ringing })), effects };
}

/** The caller is out of the queue; who is rung for them is left alone. */
function gone(state: QueueState, id: string): QueueStep {
  const { agents, effects } = released(state, id);
  return { state: { ...state, agents, callers: state.callers.filter((one) => one.id !== id) }, effects };
}

/** Nobody is rung for the caller any more. */
function released(state: QueueState, id: string): { readonly agents: QueueState['agents']; readonly effects: readonly QueueEffect[] } {
  const ringing = state.callers.find((one) => one.id === id)?.ringing ?? [];
  return {
    agents: ringing.reduce((all, key) => withAgent(all, key, { caller: null }), state).agents,
    effects: ringing.map((agent) => ({ type: 'cancel', id, agent })),
  };
}

function announced(state: QueueState, id: string, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  return only(
    withCaller(state, id, (caller) => {
      const queue = queues.find(({ number }) => number === caller.queue);
      const waitSec = caller.point === 'Queued' ? (queue?.secondSec ?? 0) : (queue?.everySec ?? 0);
      return caller.point === null || caller.announceAtMs !== null || waitSec === 0 ? {} : { announceAtMs: (nowMs + waitSec * 1000) as MonotonicMs };
    }),
  );
}

function answered(state: QueueState, id: string, agent: string, nowMs: MonotonicMs): QueueStep {
  const caller = state.callers.find((one) => one.id === id);
  if (caller === undefined || !caller.ringing.includes(agent)) return { state, effects: [{ type: 'cancel', id, agent }] };
  const others = caller.ringing.filter((key) => key !== agent);
  const left = gone({ ...state, callers: state.callers.map((one) => (one === caller ? { ...caller, ringing: others } : one)) }, id);
  const waits = caller.queued ? [...(state.answered[caller.queue] ?? []), { atMs: nowMs, waitedMs: nowMs - caller.enteredMs }].slice(-etaCalls) : null;
  const joined = withAgent(left.state, agent, { caller: id, talking: true, away: false });
  return {
    state: waits === null ? joined : { ...joined, answered: { ...joined.answered, [caller.queue]: waits } },
    effects: [...left.effects, { type: 'join', id, agent }],
  };
}

function failed(state: QueueState, { id, agent, why }: Extract<QueueInput, { type: 'agent-failed' }>, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  const caller = state.callers.find((one) => one.id === id);
  if (caller === undefined || !caller.ringing.includes(agent)) return only(state);
  const queue = queues.find(({ number }) => number === caller.queue);
  const others = (queue?.agents ?? []).some((one) => queue !== undefined && agentKey(queue, one) !== agent && agentOf(state, agentKey(queue, one)).restUntilMs <= nowMs);
  const rest = why === 'unreachable' || (why === 'no-answer' && others) ? restMs : shortRestMs;
  const rested = withAgent(state, agent, { caller: null, restUntilMs: (nowMs + rest) as MonotonicMs, away: why === 'unreachable' });
  return only(withCaller(rested, id, ({ ringing }) => ({ ringing: ringing.filter((key) => key !== agent), queued: true })));
}

/** Ports are shared by all queues: the last in order gives way, whose queue it may be. */
function noPort(state: QueueState, { id, agent, stuck }: Extract<QueueInput, { type: 'no-port' }>, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  const tried = failed(state, { type: 'agent-failed', id, agent, why: 'busy' }, nowMs, queues);
  const last = stuck ? inOrder(tried.state.callers.filter((caller) => !caller.held)).at(-1) : undefined;
  if (last === undefined) return tried;
  const out = gone(tried.state, last.id);
  const to = queues.find(({ number }) => number === last.queue)?.overflow ?? null;
  return { state: out.state, effects: [...tried.effects, ...out.effects, { type: 'overflow', id: last.id, why: 'no-port', to }] };
}

function overflow(state: QueueState, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  return state.callers.filter((caller) => !caller.held).reduce<QueueStep>((step, caller) => {
    const queue = queues.find(({ number }) => number === caller.queue);
    const why = queue === undefined ? 'closed' : reasonToGo(state, caller, queue, nowMs);
    if (why === null) return step;
    const out = gone(step.state, caller.id);
    return { state: out.state, effects: [...step.effects, ...out.effects, { type: 'overflow', id: caller.id, why, to: queue?.overflow ?? null }] };
  }, only(state));
}

function reasonToGo(state: QueueState, caller: WaitingCaller, queue: QueueSettings, nowMs: MonotonicMs): OverflowReason | null {
  if (nowMs - caller.enteredMs >= queue.mostWaitSec * 1000) return 'too-long';
  const agents = queue.agents.map((agent) => agentOf(state, agentKey(queue, agent)));
  return caller.ringing.length === 0 && agents.every(({ away, caller: has, restUntilMs }) => away && has === null && restUntilMs > nowMs) ? 'no-agents' : null;
}

/** A telephone that was busy and is free now has been free from now on. */
const lineFreed = (agent: Agent, line: AgentLine, nowMs: MonotonicMs): Partial<Agent> => {
  if (line !== 'free') return {};
  return { away: false, ...(agent.line === 'busy' && !agent.talking ? { freeSinceMs: nowMs } : {}) };
};

const only = (state: QueueState): QueueStep => ({ state, effects: [] });

const withAgent = (state: QueueState, key: string, change: Partial<Agent>): QueueState => ({ ...state, agents: { ...state.agents, [key]: { ...agentOf(state, key), ...change } } });

const withCaller = (state: QueueState, id: string, change: (caller: WaitingCaller) => Partial<WaitingCaller>): QueueState => ({
  ...state,
  callers: state.callers.map((caller) => (caller.id === id ? { ...caller, ...change(caller) } : caller)),
});

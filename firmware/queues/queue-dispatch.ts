import type { MonotonicMs } from '../../hal/clock.ts';
import type { QueueSettings } from '../config/queue-settings.ts';
import type { QueueEffect, QueueStep } from './queue-machine.ts';
import { inOrder } from './queue-order.ts';
import type { QueueState, WaitingCaller } from './queue-state.ts';
import { agentKey, agentOf, isFree } from './queue-state.ts';

/** Rings free agents for those who wait, the first in order first. */
export function dispatch(state: QueueState, nowMs: MonotonicMs, queues: readonly QueueSettings[]): QueueStep {
  return inOrder(state.callers).reduce<QueueStep>(
    (step, { id }) => {
      const caller = step.state.callers.find((one) => one.id === id);
      const queue = queues.find(({ number }) => number === caller?.queue);
      if (caller === undefined || caller.held || queue === undefined) return step;
      const { state: next, effects } = ringFor(step.state, caller, queue, nowMs);
      return { state: next, effects: [...step.effects, ...effects] };
    },
    { state, effects: [] },
  );
}

function ringFor(state: QueueState, caller: WaitingCaller, queue: QueueSettings, nowMs: MonotonicMs): QueueStep {
  const agents = toRing(state, caller, queue, nowMs);
  const ringing = [...caller.ringing, ...agents];
  const queued = caller.queued || ringing.length === 0;
  if (agents.length === 0 && queued === caller.queued) return { state, effects: [] };
  const taken = Object.fromEntries(agents.map((key) => [key, { ...agentOf(state, key), caller: caller.id, talking: false }]));
  return {
    state: { ...state, agents: { ...state.agents, ...taken }, callers: state.callers.map((one) => (one.id === caller.id ? { ...one, ringing, queued } : one)) },
    effects: agents.map((agent): QueueEffect => ({ type: 'ring', id: caller.id, agent, ms: queue.ringSec * 1000 })),
  };
}

/** Keys of the agents who are to be rung for the caller beside those who are. */
function toRing(state: QueueState, caller: WaitingCaller, queue: QueueSettings, nowMs: MonotonicMs): string[] {
  const free = queue.agents.map((agent) => agentKey(queue, agent)).filter((key) => isFree(agentOf(state, key), nowMs));
  if (queue.ring === 'all') return free;
  if (caller.ringing.length > 0) return [];
  const order = queue.ring === 'in-turn' ? free : [...free].sort((one, other) => agentOf(state, one).freeSinceMs - agentOf(state, other).freeSinceMs);
  return order.slice(0, 1);
}

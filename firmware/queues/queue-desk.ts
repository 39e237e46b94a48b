import type { Clock, Timer } from '../../hal/clock.ts';
import type { AskOf } from '../callflow/requests/requests.ts';
import type { QueueNews } from '../callflow/requests/queue-requests.ts';
import type { AskingCall } from '../calls/request-desk.ts';
import type { QueueSettings } from '../config/queue-settings.ts';
import type { Log } from '../log.ts';
import type { AgentCall, AgentCallParts } from './agent-call.ts';
import type { QueueCounters } from './queue-counts.ts';
import { QueueCounts } from './queue-counts.ts';
import type { QueueEffect, QueueInput } from './queue-machine.ts';
import { nextDueMs, queueStep } from './queue-machine.ts';
import type { AgentLine, QueueState } from './queue-state.ts';
import { emptyQueues, numberOfAgent } from './queue-state.ts';

export interface QueueDeskParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly queues: () => readonly QueueSettings[];
  /** Calls the agent for the caller; null = no port is free, or nothing can be called. */
  readonly call: (agent: string, caller: AskingCall, handlers: Omit<AgentCallParts, 'clock' | 'send' | 'dial' | 'silenceLimitSec' | 'released'>) => Promise<AgentCall | null>;
  /** A port is left to call an agent. */
  readonly portLeft: () => boolean;
  /** The two hear each other from now on. */
  readonly join: (caller: AskingCall, agent: AgentCall) => void;
}

/** A caller as the desk has them. `news`: told when the flow asks next; at most an announcement, an agent and the end. */
interface Waiting {
  readonly call: AskingCall;
  readonly queue: string;
  readonly news: QueueNews[];
  ask: ((news: QueueNews) => void) | null;
}

/** The queues of the unit: tells the machine what happens, and does what it says. */
export class QueueDesk {
  readonly #parts: QueueDeskParts;
  readonly #waiting = new Map<string, Waiting>();
  /** By agent: the call that is placed to them. */
  readonly #agents = new Map<string, { readonly caller: string; call: AgentCall | null; dropped: boolean }>();
  readonly #counts = new QueueCounts();
  #state: QueueState = emptyQueues;
  /** Who overflowed last so that a port becomes free. */
  #gaveWay: AskingCall | null = null;
  #timer: Timer | null = null;
  #inputs: QueueInput[] = [];
  #running = false;

  constructor(parts: QueueDeskParts) {
    this.#parts = parts;
  }

  get state(): QueueState {
    return this.#state;
  }

  counters(queue: string): QueueCounters {
    return this.#counts.of(queue);
  }

  /** Settings are others. */
  apply(): void {
    this.#input({ type: 'tick' });
  }

  agentLine(agent: string, line: AgentLine): void {
    this.#input({ type: 'agent-line', agent, line });
  }

  /** Resolves with what happens to the caller next. Who asks again from the same queue goes on waiting there, as after an announcement. */
  next({ queue, priority }: AskOf<'queue-next'>, call: AskingCall): Promise<QueueNews> {
    if (this.#waiting.get(call.id)?.queue !== queue) this.#goesOn(call.id);
    const known = this.#waiting.get(call.id);
    if (known === undefined) this.#enter(queue, call);
    const waiting = this.#waiting.get(call.id) as Waiting;
    if (waiting.ask !== null) this.#askedAgain(waiting);
    const first = waiting.news.shift();
    if (first !== undefined && isLast(first)) this.#waiting.delete(call.id);
    const answer = first !== undefined ? Promise.resolve(first) : new Promise<QueueNews>((resolve) => (waiting.ask = resolve));
    if (known === undefined) this.#input({ type: 'arrived', id: call.id, queue, priority: priority ?? this.#queue(queue)?.priority ?? 'medium', port: this.#parts.portLeft() || this.#anyAgent });
    return answer;
  }

  announced(call: AskingCall): void {
    this.#input({ type: 'announced', id: call.id });
  }

  /** false = an agent has the call, or they are out of the queue. */
  hold({ id }: AskingCall, held: boolean): boolean {
    if (!this.#state.callers.some((caller) => caller.id === id)) return false;
    this.#input({ type: 'held', id, held });
    return held;
  }

  /** false = an agent has the call. */
  leave(call: AskingCall): boolean {
    if (!this.#state.callers.some(({ id }) => id === call.id)) return !this.#waiting.has(call.id);
    this.#out(call.id, 'left');
    return true;
  }

  /** From one queue to another, by an announcement of the first. */
  #goesOn(id: string): void {
    if (this.#waiting.has(id)) this.#out(id, 'left');
  }

  /** Another flow asks: what the one before was saying is over. */
  #askedAgain(waiting: Waiting): void {
    waiting.ask?.({ news: 'out' });
    waiting.ask = null;
    this.announced(waiting.call);
    this.hold(waiting.call, false);
  }

  #enter(queue: string, call: AskingCall): void {
    this.#waiting.set(call.id, { call, queue, news: [], ask: null });
    this.#counts.add(queue, 'arrived');
    call.signal.addEventListener('abort', () => this.#gone(call.id), { once: true });
    this.#parts.log.write('info', 'queue-entered', `Call ${call.id} from ${call.callerNumber || 'unknown'} waits in queue ${queue}.`, { call: call.id, queue });
  }

  /** The caller has hung up. */
  #gone(id: string): void {
    if (this.#state.callers.some((caller) => caller.id === id)) return this.#out(id, 'left');
    this.#waiting.delete(id);
    for (const agent of this.#agents.values()) if (agent.caller === id) agent.call?.hangUp('the caller hung up');
  }

  #out(id: string, why: 'left'): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) this.#counts.add(waiting.queue, why);
    this.#input({ type: 'left', id });
    waiting?.ask?.({ news: 'out' });
  }

  #input(input: QueueInput): void {
    this.#inputs.push(input);
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      const { state, effects } = queueStep(this.#state, next, this.#parts.clock.monotonic(), this.#parts.queues());
      this.#state = state;
      for (const effect of effects) this.#execute(effect);
    }
    this.#running = false;
    this.#wake();
  }

  #wake(): void {
    const nowMs = this.#parts.clock.monotonic();
    const dueMs = nextDueMs(this.#state, nowMs, this.#parts.queues());
    this.#timer?.cancel();
    this.#timer = dueMs === null ? null : this.#parts.clock.after('queues', Math.max(1, dueMs - nowMs), () => this.#input({ type: 'tick' }));
  }

  #execute(effect: QueueEffect): void {
    switch (effect.type) {
      case 'ring':
        return void this.#ring(effect);
      case 'cancel':
        return this.#cancel(effect.agent, effect.id);
      case 'join':
        return this.#join(effect.id, effect.agent);
      case 'announce': {
        const { point, position, etaSec, waitedSec } = effect;
        return this.#tell(effect.id, { news: 'announce', point, position, etaSec, waitedSec });
      }
      case 'overflow':
        return this.#overflow(effect);
    }
  }

  /** Never rejects: an agent who cannot be called is as good as out of reach. */
  async #ring({ id, agent, ms }: Extract<QueueEffect, { type: 'ring' }>): Promise<void> {
    const waiting = this.#waiting.get(id);
    const mine = { caller: id, call: null as AgentCall | null, dropped: false };
    const failed = (why: 'busy' | 'no-answer' | 'unreachable'): void => this.#failed(agent, mine, why);
    this.#agents.set(agent, mine);
    try {
      const call = waiting === undefined ? null : await this.#parts.call(agent, waiting.call, {
        ringMs: ms,
        text: `agent ${numberOfAgent(agent)}`,
        answered: () => this.#input({ type: 'agent-answered', id, agent }),
        failed,
        over: () => this.#talkEnded(agent, mine),
      });
      mine.call = call;
      if (call === null) this.#noPort(agent, mine);
      else if (mine.dropped) call.hangUp('somebody else has the call');
    } catch (error) {
      this.#parts.log.write('warning', 'agent-not-called', `Agent ${numberOfAgent(agent)} cannot be called: ${String(error)}`, { call: id });
      failed('unreachable');
    }
  }

  /** One gives way at a time: the port is free when that call is over. */
  #noPort(agent: string, mine: { readonly caller: string; readonly dropped: boolean }): void {
    if (this.#agents.get(agent) === mine) this.#agents.delete(agent);
    if (mine.dropped) return;
    const isUnderWay = this.#gaveWay !== null && !this.#gaveWay.signal.aborted;
    this.#parts.log.write('info', 'agent-no-port', `No port is left to call agent ${numberOfAgent(agent)} for call ${mine.caller}.`, { call: mine.caller });
    this.#input({ type: 'no-port', id: mine.caller, agent, stuck: !this.#anyAgent && !isUnderWay });
  }

  /** An agent is called or talks: that port comes back. */
  get #anyAgent(): boolean {
    return [...this.#agents.values()].some(({ call }) => call !== null);
  }

  #failed(agent: string, mine: object & { readonly caller: string; readonly dropped: boolean }, why: 'busy' | 'no-answer' | 'unreachable'): void {
    if (this.#agents.get(agent) === mine) this.#agents.delete(agent);
    if (mine.dropped) return;
    this.#parts.log.write('info', 'agent-not-reached', `Agent ${numberOfAgent(agent)} did not take call ${mine.caller}: ${why}.`, { call: mine.caller });
    this.#input({ type: 'agent-failed', id: mine.caller, agent, why });
  }

  #cancel(agent: string, id: string): void {
    const mine = this.#agents.get(agent);
    if (mine === undefined || mine.caller !== id) return;
    mine.dropped = true;
    this.#agents.delete(agent);
    mine.call?.hangUp('somebody else has the call, or the caller is gone');
  }

  #join(id: string, agent: string): void {
    const waiting = this.#waiting.get(id);
    const call = this.#agents.get(agent)?.call ?? null;
    if (waiting === undefined || call === null) return this.#input({ type: 'talk-ended', agent });
    this.#counts.add(waiting.queue, 'answered');
    this.#parts.join(waiting.call, call);
    this.#parts.log.write('info', 'queue-answered', `Agent ${numberOfAgent(agent)} has call ${id} of queue ${waiting.queue}.`, { call: id, queue: waiting.queue });
    this.#tell(id, { news: 'joined', agent: numberOfAgent(agent) });
  }

  #talkEnded(agent: string, mine: { readonly caller: string }): void {
    if (this.#agents.get(agent) !== mine) return;
    this.#agents.delete(agent);
    this.#tell(mine.caller, { news: 'agent-gone' });
    this.#input({ type: 'talk-ended', agent });
  }

  #overflow({ id, why, to }: Extract<QueueEffect, { type: 'overflow' }>): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    if (why === 'no-port') this.#gaveWay = waiting.call;
    this.#counts.add(waiting.queue, 'overflowed');
    this.#parts.log.write('notice', 'queue-overflow', `Call ${id} leaves queue ${waiting.queue}: ${why}. It goes to ${to ?? 'the mailbox'}.`, { call: id, queue: waiting.queue });
    this.#tell(id, { news: 'overflow', why, to });
  }

  #tell(id: string, news: QueueNews): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    const ask = waiting.ask;
    waiting.ask = null;
    if (ask === null) return void waiting.news.push(news);
    if (isLast(news)) this.#waiting.delete(id);
    ask(news);
  }

  #queue(number: string): QueueSettings | undefined {
    return this.#parts.queues().find((queue) => queue.number === number);
  }
}

const isLast = ({ news }: QueueNews): boolean => news === 'overflow' || news === 'agent-gone';

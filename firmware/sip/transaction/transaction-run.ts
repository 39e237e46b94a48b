import type { Clock, Timer } from '../../../hal/clock.ts';
import type { Effect, Input, Machine, State, Timers } from './machine.ts';
import type { Lingerer, Lingering, LingerQueue } from './linger-queue.ts';
import { step, transactionTimeoutMs } from './machine.ts';

/** What a running transaction does to the world. */
export interface TransactionEffects {
  send(retransmission: boolean): void;
  pass(): void;
  acknowledge(): void;
  fail(): void;
  terminated(): void;
}

/** The same for all transactions of a layer. */
export interface RunParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly lingerers: LingerQueue;
}

/** One transaction machine at work: its state and its three timers. */
export class TransactionRun implements Lingerer {
  readonly #machine: Machine;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #lingerers: LingerQueue;
  readonly #reliable: boolean;
  readonly #effects: TransactionEffects;
  #state: State;
  #retransmit: Timer | null = null;
  #timeout: Timer | null = null;
  #linger: Lingering | null = null;
  #intervalMs: number;

  constructor(machine: Machine, { clock, timers, lingerers }: RunParts, reliable: boolean, effects: TransactionEffects) {
    this.#machine = machine;
    this.#clock = clock;
    this.#timers = timers;
    this.#lingerers = lingerers;
    this.#reliable = reliable;
    this.#effects = effects;
    this.#state = machine.initial;
    this.#intervalMs = timers.t1Ms;
  }

  get state(): State {
    return this.#state;
  }

  input(input: Input): void {
    if (this.#state === 'terminated') return;
    const transition = step(this.#machine, this.#state, input);
    this.#state = transition.to;
    for (const effect of transition.effects) this.#execute(effect, input);
    if (this.#state === 'terminated') this.end();
  }

  lingered(): void {
    this.input('linger');
  }

  /** Ends it where it stands: the transport is gone, or the unit stops. */
  end(): void {
    this.#state = 'terminated';
    this.#retransmit?.cancel();
    this.#timeout?.cancel();
    this.#linger?.leave();
    this.#effects.terminated();
  }

  #execute(effect: Effect, input: Input): void {
    switch (effect) {
      case 'send':
        return this.#effects.send(input === 'retransmit' || input === 'request');
      case 'pass':
        return this.#effects.pass();
      case 'acknowledge':
        return this.#effects.acknowledge();
      case 'fail':
        return this.#effects.fail();
      case 'start-retransmit':
        return this.#reliable ? undefined : this.#startRetransmit();
      case 'stop-retransmit':
        return this.#retransmit?.cancel();
      case 'start-timeout':
        this.#timeout = this.#clock.after('sip-timeout', transactionTimeoutMs(this.#timers), () => this.input('timeout'));
        return;
      case 'stop-timeout':
        return this.#timeout?.cancel();
      case 'start-linger':
        return this.#startLinger();
    }
  }

  #startRetransmit(): void {
    this.#retransmit = this.#clock.after('sip-retransmit', this.#intervalMs, () => {
      const doubled = this.#intervalMs * 2;
      // In Proceeding a non-INVITE client repeats every T2 (17.1.2.2).
      const grown = this.#state === 'proceeding' ? this.#timers.t2Ms : doubled;
      this.#intervalMs = this.#machine.capped ? Math.min(grown, this.#timers.t2Ms) : grown;
      this.#startRetransmit();
      this.input('retransmit');
    });
  }

  #startLinger(): void {
    this.#linger = this.#lingerers.wait(this.#machine.lingerMs(this.#state, this.#reliable, this.#timers), this);
  }
}

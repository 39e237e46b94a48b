import type { Flow, FlowEffect, FlowInput, FlowState, FlowStep } from '../callflow/flow.ts';
import type { FlowRecord } from './flow-record.ts';

/** The flow to begin with. */
export interface NamedFlow {
  readonly name: FlowRecord['name'];
  readonly flow: Flow<FlowState>;
}

/** A flow and the state it is in, which only the flow itself looks into. */
export class FlowMachine {
  readonly name: FlowRecord['name'];
  readonly #flow: Flow<FlowState>;
  #state: FlowState;

  constructor({ name, flow }: NamedFlow) {
    this.name = name;
    this.#flow = flow;
    this.#state = flow.initial;
  }

  get state(): FlowState {
    return this.#state;
  }

  /** A state that was written down. */
  enter(state: FlowState): void {
    this.#state = state;
  }

  carriedOn(): FlowStep<FlowState> | null {
    return this.#flow.carriedOn?.(this.#state) ?? null;
  }

  get hearsFax(): boolean {
    return this.#flow.hearsFax?.(this.#state) ?? false;
  }

  advance(input: FlowInput): readonly FlowEffect[] {
    const step = this.#flow.step(this.#state, input);
    this.#state = step.state;
    return step.effects;
  }

  get doing(): string {
    return this.#state.name;
  }
}

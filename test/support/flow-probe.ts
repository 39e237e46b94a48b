import type { Flow, FlowEffect, FlowInput } from '../../firmware/callflow/flow.ts';

/** Steps a flow by hand and keeps what it asked for. */
export class FlowProbe<State extends { readonly name: string }> {
  readonly #flow: Flow<State>;
  state: State;
  effects: readonly FlowEffect[] = [];

  constructor(flow: Flow<State>) {
    this.#flow = flow;
    this.state = flow.initial;
  }

  /** Feeds inputs in order; `effects` are those of the last one. */
  feed(...inputs: FlowInput[]): this {
    for (const input of inputs) {
      const step = this.#flow.step(this.state, input);
      this.state = step.state;
      this.effects = step.effects;
    }
    return this;
  }

  keys(keys: string): this {
    return this.feed(...[...keys].map((digit): FlowInput => ({ type: 'digit', digit })));
  }

  asked(): string[] {
    return this.effects.map((effect) => effect.type);
  }

  /** Prompt ids of the play effect of the last input. */
  said(): string[] {
    return this.effects.flatMap((effect) => (effect.type === 'play' ? effect.phrases.map((phrase) => ('say' in phrase ? phrase.say : Object.keys(phrase)[0] as string)) : []));
  }

  effect<Type extends FlowEffect['type']>(type: Type): Extract<FlowEffect, { type: Type }> {
    const found = this.effects.find((effect) => effect.type === type);
    if (found === undefined) throw new Error(`no effect ${type} among: ${this.asked().join(', ')}`);
    return found as Extract<FlowEffect, { type: Type }>;
  }
}

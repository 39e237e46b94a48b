import type { Flow, FlowEffect, FlowInput, FlowState } from '../../flow.ts';
import type { Phrase } from '../../phrase.ts';
import { lastAccessedMessage } from '../../script/names.ts';
import type { Variables } from '../action.ts';

/** A flow of the unit's own (Leave, Collect) that runs inside an action: the call goes on when it is done. */
export interface InnerStep {
  readonly state: FlowState;
  /** Without those that would end the call or hand it over. */
  readonly effects: readonly FlowEffect[];
  readonly done: boolean;
  /** The owner of this mailbox pressed the log-in key. */
  readonly becomes: string | null;
  /** The id of a message that its owner begins to hear, for scripts. */
  readonly set: Variables;
}

/** The flow is known by its interface only. */
export function innerStep<State extends FlowState>(flow: Flow<State>, state: FlowState, input: FlowInput): InnerStep {
  const { state: next, effects } = flow.step(state as State, input);
  const becomes = effects.find((effect) => effect.type === 'become-collect');
  return {
    state: next,
    effects: effects.filter(({ type }) => type !== 'hang-up' && type !== 'done' && type !== 'become-collect').map(withoutFarewell),
    done: effects.some(({ type }) => type === 'done'),
    becomes: becomes?.mailbox ?? null,
    set: accessed(effects),
  };
}

function accessed(effects: readonly FlowEffect[]): Variables {
  const phrases = effects.flatMap((effect) => (effect.type === 'play' ? effect.phrases : []));
  const last = phrases.flatMap((phrase) => ('message' in phrase ? [phrase.message.id] : [])).at(-1);
  return last === undefined ? {} : { [lastAccessedMessage]: last };
}

/** Nobody is told goodbye whose call goes on; what is left is still a play, whose end the flow waits for. */
function withoutFarewell(effect: FlowEffect): FlowEffect {
  if (effect.type !== 'play' || effect.then !== undefined) return effect;
  const phrases = effect.phrases.filter((phrase) => !('say' in phrase && phrase.say === 'goodbye'));
  return { ...effect, phrases: phrases.length === 0 ? [breath] : phrases };
}

const breath: Phrase = { pauseMs: 20 };

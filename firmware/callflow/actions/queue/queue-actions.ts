import * as v from 'valibot';
import type { Phrase } from '../../phrase.ts';
import { etaWords, positionWords } from '../../queue/queue-words.ts';
import type { ActionContext, ActionKind, ActionStep } from '../action.ts';
import { result } from '../action.ts';

const schema = v.strictObject({});
type With = v.InferOutput<typeof schema>;
type State = { readonly at: 'speaking' };

const results = [
  { name: 'Next', about: 'It was spoken, or there is nothing to say: the call is in no queue, or nobody knows.' },
];

/** Speaks something about the queue that the call waits in, by one of its variables. */
function speaks(name: string, about: string, variable: 'POS' | 'ETA', words: (value: number) => Phrase[]): ActionKind<With, State> {
  const begin = ({ variables }: ActionContext): ActionStep<State> => {
    const value = variables[variable] ?? '';
    const phrases = /^\d{1,6}$/.test(value) ? words(Number(value)) : [];
    return phrases.length === 0 ? result('Next') : { to: 'state', state: { at: 'speaking' }, effects: [{ type: 'play', phrases, bargeIn: true }] };
  };
  return {
    name, about, schema, begin,
    group: 'Queue',
    results: () => results,
    waits: false,
    step: (_context, _settings, state, input) => (input.type === 'played' || input.type === 'digit' ? result('Next') : { to: 'state', state, effects: [] }),
    example: { with: {}, results: { Next: 'hold on' } },
  };
}

export const queueEta = speaks('Queue ETA', 'Speaks how long the caller will still have to wait, rounded up to the minute. Only in the flows Queued and Still Queued.', 'ETA', etaWords);

export const queuePosition = speaks('Queue Position', 'Speaks the position of the caller in the queue. Only in the flows Queued and Still Queued.', 'POS', (value) => (value < 1 ? [] : positionWords(value)));

export const queueActions: readonly ActionKind[] = [queueEta, queuePosition] as readonly ActionKind[];

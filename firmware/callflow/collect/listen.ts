import type { Message } from '../../mailbox/message.ts';
import type { FlowInput, MailboxListing } from '../flow.ts';
import type { MessageAction } from '../key-map.ts';
import { matchKeys, messageKeys } from '../key-map.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { Afterwards, Category, CollectStep, In, Listening } from './collect-state.ts';
import { afterMessageMs, close, go, over, patience, play, stay, toMain, wait } from './collect-state.ts';
import { toGreetingMenu } from './greeting-menu.ts';

/** How far one press of forward or back goes. */
const seekMs = 5000;

/** After log-in: says what there is; new messages start at once. */
export function counting(state: In<'counting'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type !== 'listed') return stay(state);
  const phrases = announcement(input.listing);
  const listening: Listening = { category: 'new', messages: input.listing.messages, index: 0 };
  return go({ name: 'announcing', owner: state.owner, listening }, play(phrases));
}

function announcement({ counts }: MailboxListing): Phrase[] {
  const kinds: Category[] = ['new', 'old', 'saved'];
  const there = kinds.filter((kind) => counts[kind] > 0);
  if (there.length === 0) return say('collect.no-messages');
  return [
    { say: 'collect.you-have' },
    ...there.flatMap((kind, at): Phrase[] => [...(at > 0 && at === there.length - 1 ? say('collect.and') : []), { count: kind, of: counts[kind] }]),
  ];
}

export function announcing(state: In<'announcing'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return begin(state.owner, state.listening);
  return input.type === 'digit' ? keyed(state, 'before', input.digit) : stay(state);
}

export const toCategory = (owner: string, category: Category): CollectStep =>
  go({ name: 'listing', owner, category }, { type: 'stop-play' }, { type: 'cancel-timer', name: patience }, { type: 'list', mailbox: owner, category });

export function listing(state: In<'listing'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type !== 'listed') return stay(state);
  const listening: Listening = { category: state.category, messages: input.listing.messages, index: 0 };
  return go({ name: 'announcing', owner: state.owner, listening }, play([{ say: 'collect.you-have' }, { count: state.category, of: listening.messages.length }]));
}

/** The message at the index, from its envelope; past the last one, the main menu. */
function begin(owner: string, listening: Listening): CollectStep {
  const message = listening.messages[listening.index];
  if (message === undefined) return toMain(owner, ...endOf(listening));
  return go({ name: 'envelope', owner, listening }, { type: 'cancel-timer', name: patience }, { type: 'play', phrases: envelope(message, listening.index), bargeIn: false });
}

const endOf = (listening: Listening): PromptId[] => (listening.messages.length === 0 ? [] : ['collect.end']);

/** Which, when, from whom, and whether it was cut off. */
export function envelope(message: Message, index: number): Phrase[] {
  // A caller known by a name alone ('alice') has nothing that could be read out.
  const from: Phrase[] = !/[0-9]/.test(message.callerNumber) ? say('collect.from-unknown') : [{ say: 'collect.from' }, { digits: message.callerNumber }];
  return [
    { say: 'collect.message' },
    { number: index + 1 },
    { pauseMs: 150 },
    { say: 'collect.received' },
    { dateTime: message.startedMs },
    { pauseMs: 150 },
    ...from,
    { pauseMs: 300 },
    ...(message.interrupted ? [{ say: 'collect.interrupted' } as const, { pauseMs: 300 }] : []),
  ];
}

export function hearingEnvelope(state: In<'envelope'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return body(state.owner, state.listening);
  return input.type === 'digit' ? keyed(state, 'before', input.digit) : stay(state);
}

function body(owner: string, listening: Listening): CollectStep {
  const message = current(listening);
  return go({ name: 'body', owner, listening, helping: false }, { type: 'play', phrases: [{ message: { mailbox: owner, id: message.id } }], bargeIn: false });
}

export function hearingBody(state: In<'body'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'unplayable') return go({ name: 'telling', owner: state.owner, listening: state.listening }, play(say('collect.damaged')));
  if (input.type === 'played') return state.helping ? body(state.owner, state.listening) : heard(state, { kind: 'wait' });
  return input.type === 'digit' ? keyed(state, state.helping ? 'helping' : 'streaming', input.digit) : stay(state);
}

/** A new message becomes old when it was heard to its end, or passed over once its body had begun. */
function heard(state: { owner: string; listening: Listening }, then: Afterwards): CollectStep {
  const message = current(state.listening);
  if (message.state !== 'new') return follow(state.owner, state.listening, then);
  return mark(state.owner, state.listening, 'old', then);
}

/** After the body: a moment for a key, then the next message. */
export function afterBody(state: In<'after'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'timer') return begin(state.owner, next(state.listening));
  return input.type === 'digit' ? keyed(state, 'ended', input.digit) : stay(state);
}

export function telling(state: In<'telling'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type === 'played') return begin(state.owner, next(state.listening));
  if (input.type !== 'digit') return stay(state);
  return keyed({ name: 'announcing', owner: state.owner, listening: next(state.listening) }, 'before', input.digit);
}

/** How far the message in hand has got: not begun, its body sounding, interrupted by help, or heard to the end. */
type Place = 'before' | 'streaming' | 'helping' | 'ended';
type WithMessage = In<'announcing'> | In<'envelope'> | In<'body'> | In<'after'>;

function keyed(state: WithMessage, place: Place, digit: string): CollectStep {
  if (state.listening.messages[state.listening.index] === undefined) return toMain(state.owner);
  const match = matchKeys(messageKeys, digit);
  if (match.kind === 'action') return act(state, place, match.action);
  return place === 'streaming' || place === 'ended' ? stay(state) : begin(state.owner, state.listening);
}

function act(state: WithMessage, place: Place, action: MessageAction): CollectStep {
  const { owner, listening } = state;
  const passing = (then: Afterwards): CollectStep => (place === 'before' ? follow(owner, listening, then) : heard(state, then));
  switch (action) {
    case 'delete':
      return mark(owner, listening, 'deleted', { kind: 'next', told: 'collect.deleted' });
    case 'save':
      return mark(owner, listening, 'saved', { kind: 'next', told: 'collect.saved' });
    case 'repeat':
      return begin(owner, listening);
    case 'skip':
      return passing({ kind: 'next', told: null });
    case 'forward':
      return forward(state, place);
    case 'back':
      return back(state, place);
    case 'help':
      return go({ name: 'body', owner, listening, helping: true }, { type: 'cancel-timer', name: patience }, play(say('collect.message-help')));
    case 'old':
    case 'saved':
      return passing({ kind: 'category', category: action });
    case 'greeting':
      return passing({ kind: 'greeting' });
    case 'leave':
      return passing({ kind: 'leave' });
  }
}

function forward(state: WithMessage, place: Place): CollectStep {
  if (place === 'streaming') return go(state, { type: 'seek', deltaMs: seekMs });
  return place === 'ended' ? begin(state.owner, next(state.listening)) : body(state.owner, state.listening);
}

/** From the end of the body, back means its last seconds again; before it, the envelope again. */
function back(state: WithMessage, place: Place): CollectStep {
  if (place === 'streaming') return go(state, { type: 'seek', deltaMs: -seekMs });
  if (place !== 'ended') return begin(state.owner, state.listening);
  const again = body(state.owner, state.listening);
  const deltaMs = Math.max(0, current(state.listening).durationMs - seekMs);
  return go(again.state, { type: 'cancel-timer', name: patience }, ...again.effects, { type: 'seek', deltaMs });
}

function mark(owner: string, listening: Listening, state: 'old' | 'saved' | 'deleted', then: Afterwards): CollectStep {
  const stops = then.kind === 'wait' ? [] : [{ type: 'stop-play' } as const];
  return go({ name: 'marking', owner, listening, then }, ...stops, { type: 'cancel-timer', name: patience }, { type: 'mark', mailbox: owner, id: current(listening).id, state });
}

/** Nothing is said to be done before it is durable. */
export function marking(state: In<'marking'>, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return go({ ...state, then: { kind: 'over' } });
  if (input.type !== 'marked') return stay(state);
  if (!input.ok && state.then.kind !== 'over') return close('try-later', 'goodbye');
  return follow(state.owner, state.listening, state.then);
}

function follow(owner: string, listening: Listening, then: Afterwards): CollectStep {
  switch (then.kind) {
    case 'next':
      return then.told === null ? begin(owner, next(listening)) : go({ name: 'telling', owner, listening }, play(say(then.told)));
    case 'wait':
      return go({ name: 'after', owner, listening }, wait(afterMessageMs));
    case 'category':
      return toCategory(owner, then.category);
    case 'greeting':
      return toGreetingMenu(owner);
    case 'leave':
      return close('goodbye');
    case 'over':
      return over;
  }
}

const next = (listening: Listening): Listening => ({ ...listening, index: listening.index + 1 });

/** The message in hand. `begin` and `keyed` see to it that no other state holds a `Listening` past its end. */
const current = (listening: Listening): Message => listening.messages[listening.index] as Message;

import type { Message, MessageState } from '../../mailbox/message.ts';
import { isNew } from '../../mailbox/message.ts';
import type { Desk } from '../collect/collect-context.ts';
import type { Frame } from '../collect/frames.ts';
import { envelope } from '../collect/messages.ts';
import type { Turn } from '../collect/turn.ts';
import { close, noWait, play, stay, toMain } from '../collect/turn.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';

/** The order of Intuity. */
export const categories = ['new', 'saved', 'old'] as const;
export type Category = (typeof categories)[number];

/** Getting messages: header, a key, body, a key. `messages` is the snapshot of a category; `index` is only ever one into it. */
export interface HearFrame {
  readonly name: 'hear';
  readonly phase: 'listing' | 'header' | 'header-heard' | 'playing' | 'body-heard' | 'marking' | 'telling';
  /** Without keys in between; null = with. */
  readonly scan: 'both' | 'headers' | 'bodies' | null;
  readonly category: Category;
  readonly messages: readonly Message[];
  readonly index: number;
  /** Ids of the categories before: what was new a moment ago is not played again among the old. */
  readonly passed: readonly string[];
  /** How far the message in hand was heard. */
  readonly heard: 'nothing' | 'header' | 'body';
  /** Keys that may become a longer sequence. */
  readonly keys: string;
  readonly paused: boolean;
  readonly idle: number;
  readonly then: Then | null;
}

/** What follows once a change is durable. */
export type Then =
  | { readonly kind: 'next'; readonly told: PromptId | null }
  | { readonly kind: 'previous' }
  | { readonly kind: 'category' }
  | { readonly kind: 'body' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'above'; readonly frame: Frame }
  | { readonly kind: 'main' }
  | { readonly kind: 'log-in' }
  | { readonly kind: 'exit' };

export const hearFrame = (scan: HearFrame['scan']): HearFrame => ({
  name: 'hear', phase: 'listing', scan, category: 'new', messages: [], index: 0, passed: [], heard: 'nothing', keys: '', paused: false, idle: 0, then: null,
});

/** The message in hand; phases other than listing have one. */
export const current = (frame: HearFrame): Message => frame.messages[frame.index] as Message;

export const list = (desk: Desk, frame: HearFrame, category: Category, ...first: Phrase[]): Turn =>
  stay({ ...hearFrame(frame.scan), category, passed: [...frame.passed, ...frame.messages.map(({ id }) => id)] }, noWait, ...(first.length === 0 ? [] : [play(first)]), { type: 'list', mailbox: desk.owner, category });

/** The header of the message in hand; where only bodies are wanted, the body. */
export function header(desk: Desk, frame: HearFrame, ...first: Phrase[]): Turn {
  const phrases = frame.scan === 'bodies' ? [] : envelope(current(frame), frame.index, desk.options.envelope);
  return stay({ ...frame, phase: 'header', paused: false, keys: '', idle: 0 }, noWait, { type: 'play', phrases: [...first, ...phrases, { pauseMs: 10 }], bargeIn: false });
}

export function body(desk: Desk, frame: HearFrame): Turn {
  return stay({ ...frame, phase: 'playing', paused: false, heard: 'body', idle: 0 }, noWait, { type: 'play', phrases: [{ message: { mailbox: desk.owner, id: current(frame).id } }], bargeIn: false });
}

/** Waits for a key after the header or the body, or goes on by itself. */
export function asked(desk: Desk, frame: HearFrame, ...first: Phrase[]): Turn {
  if (frame.scan !== null && first.length === 0) return step(desk, frame, 1);
  const help: PromptId = frame.heard === 'body' ? 'hear.body-help' : 'hear.header-help';
  return stay({ ...frame, phase: frame.heard === 'body' ? 'body-heard' : 'header-heard', keys: '', paused: false }, play([...first, ...say(help)]));
}

/** The next message of the category, or the one before; past the last one the next category. Deleted ones are passed over. */
export function step(desk: Desk, frame: HearFrame, by: 1 | -1): Turn {
  let index = frame.index + by;
  while (frame.messages[index]?.state === 'deleted') index += by;
  const calm: HearFrame = { ...frame, heard: 'nothing', keys: '', paused: false, then: null };
  if (frame.messages[index] !== undefined) return header(desk, { ...calm, index });
  return by === -1 ? asked(desk, { ...frame, then: null }, ...say('hear.first')) : nextCategory(desk, calm);
}

export function nextCategory(desk: Desk, frame: HearFrame): Turn {
  const category = categories[categories.indexOf(frame.category) + 1];
  return category === undefined ? toMain('collect.no-more') : list(desk, frame, category);
}

/** A message whose header was heard is unopened, one whose body has begun is old, once its owner goes on. */
export function passing(desk: Desk, frame: HearFrame, then: Then): Turn {
  const { state } = current(frame);
  if (frame.heard === 'body' && isNew(state)) return mark(desk, frame, 'old', then);
  return frame.heard === 'header' && state === 'new' ? mark(desk, frame, 'unopened', then) : follow(desk, frame, then);
}

/** The snapshot has the new state at once: if it cannot be stored, the call ends. */
export function mark(desk: Desk, frame: HearFrame, state: MessageState, then: Then): Turn {
  const { id } = current(frame);
  const messages = frame.messages.map((one) => (one.id === id ? { ...one, state } : one));
  return stay({ ...frame, phase: 'marking', messages, keys: '', then }, { type: 'stop-play' }, noWait, { type: 'mark', mailbox: desk.owner, id, state });
}

export function follow(desk: Desk, frame: HearFrame, then: Then): Turn {
  switch (then.kind) {
    case 'next':
      return then.told === null ? step(desk, frame, 1) : stay({ ...frame, phase: 'telling', keys: '', then: null }, play(say(then.told)));
    case 'previous':
      return step(desk, frame, -1);
    case 'category':
      return nextCategory(desk, frame);
    case 'body':
      return body(desk, { ...frame, then: null });
    case 'asked':
      return asked(desk, { ...frame, then: null });
    case 'above':
      return { to: 'above', below: { ...frame, then: null }, above: then.frame, effects: [{ type: 'stop-play' }] };
    case 'main':
      return toMain();
    case 'log-in':
      return { to: 'log-in' };
    case 'exit':
      return close('goodbye');
  }
}

import type { Message, MessageState } from '../../mailbox/message.ts';
import type { Desk } from '../collect/collect-context.ts';
import type { Frame } from '../collect/frames.ts';
import { envelope } from '../collect/messages.ts';
import type { Turn } from '../collect/turn.ts';
import { close, noWait, play, stay, toMain, wait } from '../collect/turn.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';

export type Category = 'new' | 'old' | 'saved';

/** Listening to the messages of a category: the snapshot taken on entering it. `index` is only ever one into `messages`. */
export interface ListenFrame {
  readonly name: 'listen';
  readonly phase: 'counting' | 'listing' | 'announcing' | 'envelope' | 'body' | 'helping' | 'after' | 'marking' | 'telling';
  readonly category: Category;
  readonly messages: readonly Message[];
  readonly index: number;
  /** Keys that may become a longer sequence. */
  readonly keys: string;
  /** In phase marking: what follows once the change is durable. */
  readonly then: Afterwards | null;
}

export type Afterwards =
  | { readonly kind: 'next'; readonly told: PromptId | null }
  | { readonly kind: 'wait' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'log-in' }
  /** Something else is done, and then the message is in hand again. */
  | { readonly kind: 'above'; readonly frame: Frame }
  | { readonly kind: 'instead'; readonly frame: Frame };

const listen = (phase: 'counting' | 'listing', category: Category): ListenFrame => ({ name: 'listen', phase, category, messages: [], index: 0, keys: '', then: null });

/** How far the message in hand has got: not begun, its body sounding, interrupted by help, or heard to the end. */
export type Place = 'before' | 'streaming' | 'helping' | 'ended';

/** After the log-in: says what there is; new messages start at once. */
export const firstListen: ListenFrame = listen('counting', 'new');
export const listenTo = (category: Category): ListenFrame => listen('listing', category);

/** How long the owner may think after a message before the next one plays, in milliseconds. */
const afterMessageMs = 3_000;

/** The message at the index, from its envelope; past the last one, the main menu. */
export function begin(desk: Desk, frame: ListenFrame): Turn {
  const message = frame.messages[frame.index];
  if (message === undefined) return toMain(...endOf(frame));
  return stay({ ...frame, phase: 'envelope' }, noWait, { type: 'play', phrases: envelope(message, frame.index, desk.options.envelope), bargeIn: false });
}

const endOf = (frame: ListenFrame): PromptId[] => (frame.messages.length === 0 ? [] : ['collect.end']);

export function body(desk: Desk, frame: ListenFrame): Turn {
  return stay({ ...frame, phase: 'body' }, { type: 'play', phrases: [{ message: { mailbox: desk.owner, id: current(frame).id } }], bargeIn: false });
}

export const after = (frame: ListenFrame): Turn => stay({ ...frame, phase: 'after', keys: '' }, wait(afterMessageMs));

export const next = (frame: ListenFrame): ListenFrame => ({ ...frame, index: frame.index + 1, keys: '' });

/** The message in hand. `begin` and `keyed` see to it that nothing asks for one past the end. */
export const current = (frame: ListenFrame): Message => frame.messages[frame.index] as Message;

export const closeCalm = (...ids: PromptId[]): Turn => close(...ids, 'goodbye');

/** The snapshot has the new state at once: if it cannot be stored, the call ends. What plays on to its end needs no stop. */
export function mark(desk: Desk, frame: ListenFrame, state: Exclude<MessageState, 'unopened'>, then: Afterwards): Turn {
  const message = current(frame);
  const messages = frame.messages.map((one) => (one.id === message.id ? { ...one, state } : one));
  const stop = then.kind === 'wait' ? [] : [{ type: 'stop-play' } as const];
  return stay({ ...frame, phase: 'marking', messages, keys: '', then }, ...stop, noWait, { type: 'mark', mailbox: desk.owner, id: message.id, state });
}

export function follow(desk: Desk, frame: ListenFrame, then: Afterwards): Turn {
  const calm: ListenFrame = { ...frame, keys: '', then: null };
  switch (then.kind) {
    case 'next':
      return then.told === null ? begin(desk, next(calm)) : stay({ ...calm, phase: 'telling' }, play(say(then.told)));
    case 'wait':
      return after(calm);
    case 'leave':
      return closeCalm();
    case 'log-in':
      return { to: 'log-in' };
    case 'above':
      return { to: 'above', below: { ...calm, phase: 'after' }, above: then.frame, effects: [{ type: 'stop-play' }] };
    case 'instead':
      return { to: 'instead', frame: then.frame, effects: [] };
  }
}


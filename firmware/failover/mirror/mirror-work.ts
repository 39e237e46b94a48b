import type { LogWorth } from '../../mailbox/better-log.ts';
import type { VersionedState } from '../../mailbox/state-version.ts';
import { shelves } from '../../mailbox/message-mirror.ts';
import { askedAtOnce } from './mirror-protocol.ts';

export interface Ref {
  readonly mailbox: string;
  readonly id: string;
}

/** A message that is only on the partner, or better there; the state that it is to have here. */
export interface Want extends Ref, VersionedState {}

export interface Offer extends Want {
  /** Of its log. */
  readonly bytes: number;
  readonly worth: LogWorth;
}

/** One walk over everything. */
export interface Sweep {
  /** The next one to look at. */
  readonly shelf: number;
  /** Of the shelves before: these differ. */
  readonly mailboxes: readonly string[];
  readonly list: { readonly mailbox: string; readonly after: string } | null;
}

/** All that is to be done, bounded: hints beyond `maxHints` become a sweep, wants beyond `maxWants` wait for the next one. */
export interface Todo {
  /** What the partner has said that it changed, oldest first. */
  readonly hints: readonly Ref[];
  /** Newest first. */
  readonly wants: readonly Want[];
  readonly coming: { readonly offer: Offer; readonly at: number; readonly tries: number } | null;
  readonly sweep: Sweep | null;
  readonly sweepDue: boolean;
  /** The disk takes no logs: until the next sweep none is fetched, while states go on. */
  readonly full: boolean;
  /** Something of this sweep must be tried again. */
  readonly left: boolean;
  /** Mailboxes of this sweep that were stepped over. */
  readonly unread: number;
  /** Sweeps in a row that left something and brought nothing. */
  readonly attempt: number;
  /** What the next sweep is waited for: the usual time, or a new try. */
  readonly waking: 'sweep' | 'retry' | null;
}

export type Task =
  | { readonly type: 'begin' }
  | { readonly type: 'compare'; readonly mailbox: string; readonly ids: readonly string[] }
  | { readonly type: 'shelf'; readonly shelf: number }
  | { readonly type: 'list'; readonly mailbox: string; readonly after: string }
  | { readonly type: 'weigh'; readonly want: Want }
  | { readonly type: 'fetch'; readonly offer: Offer; readonly at: number }
  | { readonly type: 'import'; readonly offer: Offer };

export const maxHints = 1000;
export const maxWants = 2000;
/** Beyond it is not the mailbox that cannot be read, but the disk. */
export const maxUnread = 16;

/** At a connection: everything is looked at. */
export const fromTheStart: Todo = { hints: [], wants: [], coming: null, sweep: null, sweepDue: true, full: false, left: false, unread: 0, attempt: 0, waking: null };

const firstShelf: Sweep = { shelf: 0, mailboxes: [], list: null };

/** The next task, and what is left behind it; null = there is none. States before logs, what has just changed before the rest. */
export function nextTask(todo: Todo): { readonly task: Task; readonly todo: Todo } | null {
  const { hints, wants, coming, sweep } = todo;
  const [hint] = hints;
  if (hint !== undefined) return comparison(todo, hint.mailbox);
  if (coming !== null) {
    const { offer, at } = coming;
    return { task: at < offer.bytes ? { type: 'fetch', offer, at } : { type: 'import', offer }, todo };
  }
  const [want, ...others] = wants;
  if (want !== undefined) return { task: { type: 'weigh', want }, todo: { ...todo, wants: others } };
  if (sweep !== null) return nextOfSweep(todo, sweep);
  return todo.sweepDue ? nextOfSweep({ ...todo, sweepDue: false, full: false, left: false, unread: 0 }, firstShelf) : null;
}

function comparison(todo: Todo, mailbox: string): { readonly task: Task; readonly todo: Todo } {
  const ids = todo.hints.filter((one) => one.mailbox === mailbox).slice(0, askedAtOnce).map(({ id }) => id);
  const hints = todo.hints.filter((one) => one.mailbox !== mailbox || !ids.includes(one.id));
  return { task: { type: 'compare', mailbox, ids }, todo: { ...todo, hints } };
}

function nextOfSweep(todo: Todo, sweep: Sweep): { readonly task: Task; readonly todo: Todo } | null {
  const [first, ...mailboxes] = sweep.mailboxes;
  const list = sweep.list ?? (first === undefined ? null : { mailbox: first, after: '' });
  if (list !== null) return { task: { type: 'list', ...list }, todo: { ...todo, sweep: { ...sweep, list, mailboxes: sweep.list === null ? mailboxes : sweep.mailboxes } } };
  if (sweep.shelf < shelves) return { task: { type: 'shelf', shelf: sweep.shelf }, todo: { ...todo, sweep: { ...sweep, shelf: sweep.shelf + 1 } } };
  // The end of the walk: what came due meanwhile begins the next.
  return nextTask({ ...todo, sweep: null });
}

export function withHint(todo: Todo, hint: Ref): Todo {
  if (todo.hints.some(({ id, mailbox }) => id === hint.id && mailbox === hint.mailbox)) return todo;
  return todo.hints.length < maxHints ? { ...todo, hints: [...todo.hints, hint] } : { ...todo, sweepDue: true };
}

/** What a comparison found goes before what waits already, the newest first. */
export function withWants(todo: Todo, found: readonly Want[], left: boolean): Todo {
  if (todo.full) return { ...todo, left: todo.left || left || found.length > 0 };
  const ids = new Set(found.map(({ id }) => id));
  const others = todo.wants.filter(({ id }) => !ids.has(id));
  const fresh = found.filter(({ id }) => id !== todo.coming?.offer.id).sort((one, other) => (one.id < other.id ? 1 : -1));
  const wants = [...fresh, ...others];
  return { ...todo, wants: wants.slice(0, maxWants), left: todo.left || left || wants.length > maxWants };
}

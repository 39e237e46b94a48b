import type { ImportRefusal } from '../../mailbox/message-transfer.ts';
import type { Offer, Ref, Task, Todo, Want } from './mirror-work.ts';
import { fromTheStart, maxUnread, nextTask, withHint, withWants } from './mirror-work.ts';

/** In step, everything is compared this often all the same. */
export const sweepMs = 15 * 60_000;
/** What was left is tried again after so long, then twice, four times, and so on up to an hour: at first when an owner has put down what they had in hand. */
export const retryMs = 75_000;
const longestRetryMs = 60 * 60_000;
/** Whether a partner that does not mirror has changed its mind. */
export const askAgainMs = 30_000;
/** Many calls: logs wait so long. */
export const calmMs = 5000;
/** A log that came not whole was damaged by the disk here: once more, then later. */
const maxTries = 2;

/**
 *   paused ── go ──> working (begin) ──> working ⟲ ──> resting ── hinted, due, calm ──> working
 *                        └── off ──> turned-away ── due ──> working (begin)
 *
 * Working does one task at a time; which one comes next is told in mirror-work.ts. halt leads back to paused from everywhere.
 */
export type MirrorState =
  | { readonly name: 'paused' }
  | { readonly name: 'working'; readonly task: Task; readonly todo: Todo }
  | { readonly name: 'resting'; readonly todo: Todo }
  | { readonly name: 'turned-away' };

export type MirrorInput =
  /** Connected and switched on. */
  | { readonly type: 'go' }
  | { readonly type: 'halt' }
  /** Time for the next sweep. */
  | { readonly type: 'due' }
  | { readonly type: 'calm' }
  | { readonly type: 'hinted'; readonly hint: Ref }
  /** The partner mirrors too. */
  | { readonly type: 'agreed' }
  | { readonly type: 'off' }
  | { readonly type: 'busy' }
  | { readonly type: 'compared'; readonly wants: readonly Want[]; readonly left: boolean }
  /** A page of a mailbox; after null: the last. */
  | { readonly type: 'listed'; readonly wants: readonly Want[]; readonly left: boolean; readonly after: string | null }
  | { readonly type: 'differing'; readonly mailboxes: readonly string[] }
  | { readonly type: 'begun'; readonly offer: Offer; readonly at: number }
  /** As good as the partner's. */
  | { readonly type: 'here' }
  | { readonly type: 'in-hand' }
  | { readonly type: 'gone' }
  | { readonly type: 'damaged'; readonly why: string }
  | { readonly type: 'refused'; readonly why: ImportRefusal }
  /** The mailbox cannot be read, here or there. */
  | { readonly type: 'unread'; readonly why: string }
  | { readonly type: 'fetched'; readonly at: number }
  | { readonly type: 'imported' }
  | { readonly type: 'not-whole'; readonly why: string }
  | { readonly type: 'failed'; readonly why: string };

export type MirrorEffect =
  | { readonly type: 'do'; readonly task: Task }
  /** due after so long; the last one counts. */
  | { readonly type: 'wake'; readonly ms: number }
  | { readonly type: 'calm-down' }
  | { readonly type: 'stop' }
  | { readonly type: 'took'; readonly offer: Offer }
  | { readonly type: 'in-step' }
  | { readonly type: 'report-mailbox'; readonly mailbox: string; readonly why: string }
  /** `message` null: it concerns all of them. */
  | { readonly type: 'report'; readonly message: Ref | null; readonly why: string };

export interface MirrorStep {
  readonly state: MirrorState;
  readonly effects: readonly MirrorEffect[];
}

/** How a unit comes by all that its partner has. Pure and total: an input that means nothing in a state changes nothing. */
export function mirrorStep(state: MirrorState, input: MirrorInput): MirrorStep {
  if (input.type === 'halt') return state.name === 'paused' ? stay(state) : { state: { name: 'paused' }, effects: [{ type: 'stop' }] };
  switch (state.name) {
    case 'paused':
      return input.type === 'go' ? begin() : stay(state);
    case 'turned-away':
      return input.type === 'due' ? begin() : stay(state);
    case 'resting':
      return resting(state, input);
    case 'working':
      return working(state, input);
  }
}

type In<Name extends MirrorState['name']> = Extract<MirrorState, { name: Name }>;

function resting(state: In<'resting'>, input: MirrorInput): MirrorStep {
  if (input.type === 'hinted') return go(withHint(state.todo, input.hint));
  if (input.type === 'due') return go(due(state.todo));
  return input.type === 'calm' ? go(state.todo) : stay(state);
}

function working(state: In<'working'>, input: MirrorInput): MirrorStep {
  const { task, todo } = state;
  if (input.type === 'hinted') return { state: { ...state, todo: withHint(todo, input.hint) }, effects: [] };
  if (input.type === 'due') return { state: { ...state, todo: due(todo) }, effects: [] };
  if (input.type === 'off') return { state: { name: 'turned-away' }, effects: [{ type: 'stop' }, { type: 'wake', ms: askAgainMs }] };
  if (input.type === 'failed') return giveUp(todo, input.why);
  switch (task.type) {
    case 'begin':
      return input.type === 'agreed' ? go(todo) : stay(state);
    case 'compare':
    case 'list':
    case 'shelf':
      return comparing(state, input);
    case 'weigh':
      return weighing(state, task.want, input);
    case 'fetch':
    case 'import':
      return taking(state, task.offer, input);
  }
}

function comparing(state: In<'working'>, input: MirrorInput): MirrorStep {
  const { task, todo } = state;
  if (input.type === 'refused') return giveUp(todo, refusals[input.why]);
  if (input.type === 'unread') return unread(state, input.why);
  if (task.type === 'compare' && input.type === 'compared') return go(withWants(todo, input.wants, input.left));
  if (task.type === 'shelf' && input.type === 'differing') return go(todo.sweep === null ? todo : { ...todo, sweep: { ...todo.sweep, mailboxes: input.mailboxes } });
  if (task.type !== 'list' || input.type !== 'listed') return stay(state);
  const list = input.after === null ? null : { mailbox: task.mailbox, after: input.after };
  return go(withWants(todo.sweep === null ? todo : { ...todo, sweep: { ...todo.sweep, list } }, input.wants, input.left));
}

function weighing(state: In<'working'>, want: Want, input: MirrorInput): MirrorStep {
  const { todo } = state;
  switch (input.type) {
    case 'begun':
      return go({ ...todo, coming: { offer: input.offer, at: input.at, tries: 1 } });
    case 'here':
    case 'gone':
      return go(todo);
    case 'in-hand':
      return go({ ...todo, left: true });
    case 'busy':
      return calmDown({ ...todo, wants: [want, ...todo.wants] });
    case 'damaged':
      return stepOver(todo, want, `is damaged on the partner: ${input.why}`);
    case 'refused':
      return refused(todo, want, input.why);
    default:
      return stay(state);
  }
}

function taking(state: In<'working'>, offer: Offer, input: MirrorInput): MirrorStep {
  const { todo } = state;
  const over: Todo = { ...todo, coming: null };
  switch (input.type) {
    case 'fetched':
      return go({ ...todo, coming: { offer, at: input.at, tries: todo.coming?.tries ?? 1 } });
    case 'imported':
      return go({ ...over, attempt: 0 }, [{ type: 'took', offer }]);
    case 'busy':
      return calmDown(todo);
    case 'gone':
      return go(over);
    case 'in-hand':
      return go({ ...over, left: true });
    case 'not-whole':
      return (todo.coming?.tries ?? maxTries) < maxTries ? go({ ...todo, coming: { offer, at: 0, tries: maxTries } }) : stepOver(over, offer, `did not come whole: ${input.why}`);
    case 'refused':
      return refused(over, offer, input.why);
    default:
      return stay(state);
  }
}

const stay = (state: MirrorState): MirrorStep => ({ state, effects: [] });

const begin = (): MirrorStep => ({ state: { name: 'working', task: { type: 'begin' }, todo: fromTheStart }, effects: [{ type: 'do', task: { type: 'begin' } }] });

function go(todo: Todo, before: readonly MirrorEffect[] = []): MirrorStep {
  const next = nextTask(todo);
  if (next !== null) return { state: { name: 'working', ...next }, effects: [...before, { type: 'do', task: next.task }] };
  return rest({ ...todo, sweep: null }, before);
}

/** A time that is waited for already is not put off: what the partner says now and then must not keep the sweep away. */
function rest(todo: Todo, before: readonly MirrorEffect[]): MirrorStep {
  if (!todo.left) {
    const wake: readonly MirrorEffect[] = todo.waking === null ? [{ type: 'wake', ms: sweepMs }] : [];
    return { state: { name: 'resting', todo: { ...todo, attempt: 0, waking: todo.waking ?? 'sweep' } }, effects: [...before, { type: 'in-step' }, ...wake] };
  }
  if (todo.waking === 'retry') return { state: { name: 'resting', todo }, effects: before };
  const ms = Math.min(longestRetryMs, retryMs * 2 ** todo.attempt);
  return { state: { name: 'resting', todo: { ...todo, attempt: Math.min(todo.attempt + 1, 16), waking: 'retry' } }, effects: [...before, { type: 'wake', ms }] };
}

const due = (todo: Todo): Todo => ({ ...todo, sweepDue: true, waking: null });

const calmDown = (todo: Todo): MirrorStep => ({ state: { name: 'resting', todo }, effects: [{ type: 'calm-down' }] });

/** One mailbox keeps no other from being compared; it has its turn again with the next sweep. */
function unread({ task, todo }: In<'working'>, why: string): MirrorStep {
  if (todo.unread >= maxUnread || !('mailbox' in task)) return giveUp(todo, why);
  const sweep = task.type === 'list' && todo.sweep !== null ? { ...todo.sweep, list: null } : todo.sweep;
  return go({ ...todo, sweep, unread: todo.unread + 1, left: true }, [{ type: 'report-mailbox', mailbox: task.mailbox, why }]);
}

/** The channel or the disk as a whole: nothing is tried before the time. The next sweep finds what is dropped here. */
function giveUp({ attempt }: Todo, why: string): MirrorStep {
  return rest({ ...fromTheStart, sweepDue: false, left: true, attempt }, [{ type: 'report', message: null, why }]);
}

function refused(todo: Todo, message: Ref, why: ImportRefusal): MirrorStep {
  if (why === 'mailbox-unknown' || why === 'mailbox-full') return stepOver(todo, message, refusals[why]);
  return go({ ...todo, wants: [], coming: null, full: true, left: true }, [{ type: 'report', message: null, why: refusals[why] }]);
}

const stepOver = (todo: Todo, { mailbox, id }: Ref, why: string): MirrorStep => go({ ...todo, left: true }, [{ type: 'report', message: { mailbox, id }, why }]);

export const refusals: Readonly<Record<ImportRefusal, string>> = {
  'mailbox-unknown': 'its mailbox is not configured on this unit',
  'mailbox-full': 'the list of its mailbox is full',
  'store-full': 'the disk is full',
  'store-failed': 'the disk takes no writes',
};

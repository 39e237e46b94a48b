import type { ImportRefusal, Release } from '../../mailbox/message-transfer.ts';
import type { Offer } from './home-protocol.ts';

/** The primary asks this often whether there is anything, also while what could not come waits for its next try. */
export const lookMs = 30_000;
/** What was left over is tried again after 1 min, 2, 4, and so on up to an hour. */
export const longestLooks = 120;
/** A message that came not whole was damaged by the disk here: once more, then later. */
const maxTries = 2;

/** One walk over what waits, oldest first. */
export interface Pass {
  /** The last one dealt with. */
  readonly after: string;
  /** Began with the oldest; else it looks only for what is newer than the last walk's end. */
  readonly full: boolean;
  /** Whether any came home. */
  readonly came: boolean;
  /** Full passes in a row that left something and brought nothing. */
  readonly attempt: number;
  /** Looks until the next full pass. */
  readonly looks: number;
}

/**
 *   paused ── go ──> looking ──> weighing ──> fetching ──> importing ──> settling ──> acknowledging ──> looking ...
 *                       |            └── here (acknowledgement lost) ──────┘
 *                       └── nothing more ──> resting ── due ──> looking
 *
 * halt leads back to paused from everywhere. What cannot come is reported and stepped over; what would stop every other message
 * too (a full disk, a failed one) ends the pass.
 */
export type HomeState =
  | { readonly name: 'paused' }
  | { readonly name: 'looking'; readonly pass: Pass }
  | { readonly name: 'weighing'; readonly pass: Pass; readonly offer: Offer }
  | { readonly name: 'fetching'; readonly pass: Pass; readonly offer: Offer; readonly at: number; readonly tries: number }
  | { readonly name: 'importing'; readonly pass: Pass; readonly offer: Offer; readonly tries: number }
  | { readonly name: 'settling'; readonly pass: Pass; readonly offer: Offer }
  | { readonly name: 'acknowledging'; readonly pass: Pass; readonly offer: Offer }
  | { readonly name: 'resting'; readonly pass: Pass };

export type HomeInput =
  /** Connected, serving, switched on, and not too busy. */
  | { readonly type: 'go' }
  | { readonly type: 'halt' }
  | { readonly type: 'due' }
  | { readonly type: 'offered'; readonly offer: Offer }
  | { readonly type: 'damaged'; readonly mailbox: string; readonly id: string; readonly why: string }
  /** No more is to be had in this pass; `left` wait on the backup. */
  | { readonly type: 'nothing'; readonly left: number }
  /** It came before. */
  | { readonly type: 'here' }
  | { readonly type: 'begun'; readonly bytes: number }
  | { readonly type: 'refused'; readonly why: ImportRefusal }
  /** A shorter log of it is here, and its owner is listening. */
  | { readonly type: 'in-hand' }
  | { readonly type: 'fetched'; readonly at: number }
  /** Not on the backup any more: purged there. */
  | { readonly type: 'gone' }
  | { readonly type: 'imported' }
  | { readonly type: 'not-whole'; readonly why: string }
  | { readonly type: 'settled' }
  | { readonly type: 'released'; readonly now: Release }
  /** The channel, or the other end. */
  | { readonly type: 'failed'; readonly why: string };

export type HomeEffect =
  | { readonly type: 'look'; readonly after: string }
  | { readonly type: 'weigh'; readonly offer: Offer }
  | { readonly type: 'fetch'; readonly offer: Offer; readonly at: number }
  | { readonly type: 'import'; readonly offer: Offer }
  | { readonly type: 'settle'; readonly offer: Offer }
  | { readonly type: 'acknowledge'; readonly offer: Offer }
  | { readonly type: 'rest'; readonly ms: number }
  | { readonly type: 'stop-resting' }
  | { readonly type: 'came-home'; readonly offer: Offer }
  /** `message` null: it concerns all of them. */
  | { readonly type: 'report'; readonly message: { readonly mailbox: string; readonly id: string } | null; readonly why: string };

export interface HomeStep {
  readonly state: HomeState;
  readonly effects: readonly HomeEffect[];
}

const firstPass: Pass = { after: '', full: true, came: false, attempt: 0, looks: 1 };

/** How the primary brings messages home. Pure and total: an input that means nothing in a state changes nothing. */
export function homeStep(state: HomeState, input: HomeInput): HomeStep {
  if (state.name === 'paused') return input.type === 'go' ? look(firstPass) : stay(state);
  if (input.type === 'halt') return { state: { name: 'paused' }, effects: state.name === 'resting' ? [{ type: 'stop-resting' }] : [] };
  if (state.name === 'resting') return input.type === 'due' ? look(nextPass(state.pass)) : stay(state);
  if (input.type === 'failed') return giveUp(state.pass, input.why);
  return working(state, input);
}

function working(state: Exclude<HomeState, { name: 'paused' | 'resting' }>, input: HomeInput): HomeStep {
  switch (state.name) {
    case 'looking':
      return looking(state, input);
    case 'weighing':
      return weighing(state, input);
    case 'fetching':
      return fetching(state, input);
    case 'importing':
      return importing(state, input);
    case 'settling':
      return settling(state, input);
    case 'acknowledging':
      return acknowledging(state, input);
  }
}

type In<Name extends HomeState['name']> = Extract<HomeState, { name: Name }>;

function looking(state: In<'looking'>, input: HomeInput): HomeStep {
  if (input.type === 'offered') return { state: { name: 'weighing', pass: state.pass, offer: input.offer }, effects: [{ type: 'weigh', offer: input.offer }] };
  if (input.type === 'damaged') return stepOver(state.pass, input, `is damaged on the backup: ${input.why}`);
  if (input.type === 'nothing') return rest(state.pass, input.left);
  return input.type === 'refused' ? giveUp(state.pass, refusals[input.why]) : stay(state);
}

function weighing(state: In<'weighing'>, input: HomeInput): HomeStep {
  const { pass, offer } = state;
  if (input.type === 'here') return settle(pass, offer);
  if (input.type === 'begun') return fetch(pass, offer, input.bytes, 1);
  if (input.type === 'in-hand') return look({ ...pass, after: offer.id });
  if (input.type === 'refused') return refused(pass, offer, input.why);
  return stay(state);
}

function fetching(state: In<'fetching'>, input: HomeInput): HomeStep {
  const { pass, offer, tries } = state;
  if (input.type === 'fetched') return fetch(pass, offer, input.at, tries);
  if (input.type === 'gone') return look({ ...pass, after: offer.id });
  if (input.type === 'refused') return refused(pass, offer, input.why);
  return stay(state);
}

function importing(state: In<'importing'>, input: HomeInput): HomeStep {
  const { pass, offer, tries } = state;
  if (input.type === 'imported') return settle(pass, offer);
  if (input.type === 'in-hand') return look({ ...pass, after: offer.id });
  if (input.type === 'refused') return refused(pass, offer, input.why);
  if (input.type !== 'not-whole') return stay(state);
  return tries < maxTries ? fetch(pass, offer, 0, tries + 1) : stepOver(pass, offer, `did not come whole: ${input.why}`);
}

function settling(state: In<'settling'>, input: HomeInput): HomeStep {
  const { pass, offer } = state;
  if (input.type === 'settled') return { state: { name: 'acknowledging', pass, offer }, effects: [{ type: 'acknowledge', offer }] };
  if (input.type === 'refused') return refused(pass, offer, input.why);
  return stay(state);
}

function acknowledging(state: In<'acknowledging'>, input: HomeInput): HomeStep {
  const { pass, offer } = state;
  if (input.type !== 'released') return stay(state);
  if (input.now === 'gone') return look({ ...pass, after: offer.id, came: true }, [{ type: 'came-home', offer }]);
  // Changed: offered again as it is now. In hand: its owner may change it yet, so the next pass joins the states.
  return look(input.now === 'changed' ? pass : { ...pass, after: offer.id });
}

const stay = (state: HomeState): HomeStep => ({ state, effects: [] });

const look = (pass: Pass, before: readonly HomeEffect[] = []): HomeStep => ({ state: { name: 'looking', pass }, effects: [...before, { type: 'look', after: pass.after }] });

const settle = (pass: Pass, offer: Offer): HomeStep => ({ state: { name: 'settling', pass, offer }, effects: [{ type: 'settle', offer }] });

function fetch(pass: Pass, offer: Offer, at: number, tries: number): HomeStep {
  if (at >= offer.bytes) return { state: { name: 'importing', pass, offer, tries }, effects: [{ type: 'import', offer }] };
  return { state: { name: 'fetching', pass, offer, at, tries }, effects: [{ type: 'fetch', offer, at }] };
}

function refused(pass: Pass, offer: Offer, why: ImportRefusal): HomeStep {
  if (why === 'store-full' || why === 'store-failed') return giveUp(pass, refusals[why]);
  return stepOver(pass, offer, refusals[why]);
}

const refusals: Readonly<Record<ImportRefusal, string>> = {
  'mailbox-unknown': 'its mailbox is not configured on this unit',
  'mailbox-full': 'the list of its mailbox is full',
  'store-full': 'the disk is full',
  'store-failed': 'the disk takes no writes',
};

const stepOver = (pass: Pass, message: { readonly mailbox: string; readonly id: string }, why: string): HomeStep =>
  look({ ...pass, after: message.id }, [{ type: 'report', message: { mailbox: message.mailbox, id: message.id }, why }]);

/** Nothing is tried before the time: every message would meet the same. */
function giveUp(pass: Pass, why: string): HomeStep {
  const next = afterFailure(pass);
  return { state: { name: 'resting', pass: { ...next, looks: 1 } }, effects: [{ type: 'report', message: null, why }, { type: 'rest', ms: next.looks * lookMs }] };
}

function rest(pass: Pass, left: number): HomeStep {
  const effects: readonly HomeEffect[] = [{ type: 'rest', ms: lookMs }];
  if (left === 0) return { state: { name: 'resting', pass: firstPass }, effects };
  return { state: { name: 'resting', pass: pass.full ? afterFailure(pass) : { ...pass, looks: Math.max(1, pass.looks - 1) } }, effects };
}

function afterFailure(pass: Pass): Pass {
  const attempt = (pass.came ? 0 : pass.attempt) + 1;
  return { ...pass, came: false, attempt, looks: Math.min(longestLooks, 2 ** Math.min(attempt, 16)) };
}

const nextPass = (pass: Pass): Pass => (pass.looks <= 1 ? { ...pass, after: '', full: true, came: false } : { ...pass, full: false });

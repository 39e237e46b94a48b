/**
 *   idle -> subscribing -> active -> refreshing -> active ...
 *              |   \          |          \-> subscribing (the other side knows nothing of it any more)
 *              |    \-> waiting -> subscribing (it could not be reached, or has trouble)
 *              \-> refused -> subscribing (there are no dialog events; asked again much later)
 *   any -> gone
 */
export type DialogWatchState = 'idle' | 'subscribing' | 'active' | 'refreshing' | 'waiting' | 'refused' | 'gone';

export type DialogWatchInput =
  | 'start'
  | 'accepted'
  /** No such event, no such phone, or not for us. */
  | 'refused'
  /** 481: the subscription is no more. */
  | 'unknown'
  /** No answer, or trouble at the other side. */
  | 'failed'
  /** By NOTIFY: ended, to be begun anew; or for good. */
  | 'ended'
  | 'rejected'
  /** A notification is missing. */
  | 'gap'
  | 'due'
  | 'stop';

export type DialogWatchEffect = 'subscribe' | 'refresh' | 'unsubscribe' | 'wait-to-refresh' | 'wait-to-retry' | 'wait-long' | 'forget' | 'tell-refused' | 'tell-failed' | 'tell-active';

export interface DialogWatchStep {
  readonly to: DialogWatchState;
  readonly effects: readonly DialogWatchEffect[];
}

const to = (state: DialogWatchState, ...effects: DialogWatchEffect[]): DialogWatchStep => ({ to: state, effects });
const again = to('subscribing', 'forget', 'subscribe');
const refused = to('refused', 'forget', 'tell-refused', 'wait-long');
const failed = to('waiting', 'forget', 'tell-failed', 'wait-to-retry');

const table: Record<DialogWatchState, Partial<Record<DialogWatchInput, DialogWatchStep>>> = {
  idle: { start: to('subscribing', 'subscribe'), stop: to('gone') },
  subscribing: { accepted: to('active', 'tell-active', 'wait-to-refresh'), refused, unknown: failed, failed, ended: failed, rejected: refused, stop: to('gone', 'forget') },
  active: { due: to('refreshing', 'refresh'), gap: to('refreshing', 'refresh'), ended: again, rejected: refused, stop: to('gone', 'unsubscribe', 'forget') },
  refreshing: { accepted: to('active', 'wait-to-refresh'), refused, unknown: again, failed, ended: again, rejected: refused, stop: to('gone', 'unsubscribe', 'forget') },
  waiting: { due: to('subscribing', 'subscribe'), stop: to('gone') },
  refused: { due: to('subscribing', 'subscribe'), stop: to('gone') },
  gone: {},
};

/** What is not listed changes nothing. */
export const dialogWatchStep = (state: DialogWatchState, input: DialogWatchInput): DialogWatchStep => table[state][input] ?? { to: state, effects: [] };

/** What the answer to a SUBSCRIBE means (RFC 6665 section 4.1.2); 489 is the one of a PBX without dialog events. */
export function inputOfStatus(status: number): DialogWatchInput {
  if (status < 300) return 'accepted';
  if (status === 481) return 'unknown';
  return [403, 404, 405, 406, 410, 485, 489, 501, 603, 604].includes(status) ? 'refused' : 'failed';
}

/** What the end of a subscription means, by its reason (RFC 6665 section 4.1.3). */
export const inputOfReason = (reason: string): DialogWatchInput => (reason === 'rejected' || reason === 'noresource' || reason === 'invariant' ? 'rejected' : 'ended');

import type { FlowEffect, FlowState } from '../callflow/flow.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { Route } from './route-call.ts';

/** Mailboxes that a call is known to have entered, the last ones. */
export const mostEntered = 16;

/** Where the caller is in the call flow, written down for another unit. JSON only. */
export interface FlowRecord {
  readonly route: Exclude<Route, { to: 'refuse' }>;
  /** Leave becomes Collect when the owner logs in from the greeting; `knownMailbox` is then the one. 'document': a flow of the site. 'placed': of a call of the unit's own; like who waits in a queue, or hears its announcement, it is not carried on. */
  readonly name: 'leave' | 'collect' | 'document' | 'queue' | 'announce' | 'placed';
  readonly knownMailbox: string | null;
  readonly state: FlowState;
  readonly language: string | null;
  /** What the flow had asked for and is not done: to be asked for anew, in this order. */
  readonly effects: readonly FlowEffect[];
  /** Mailboxes that the caller has entered, `mostEntered` at most; left out: none. */
  readonly entered?: readonly string[];
  /** How much of the `play` among the effects has been heard, at most; in milliseconds. */
  readonly playedMs: number;
  /** The message that is being recorded; null = none, or a greeting, which is not carried on. The rest of its facts are those of the call; `mailbox`: where it is another than the call's. */
  readonly recording: { readonly id: string; readonly startedMs: number; readonly codec: CodecName; readonly mailbox?: string } | null;
}

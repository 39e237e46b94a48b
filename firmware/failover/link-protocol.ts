/**
 * What the control thread and the pair link in the media thread say to each other. All data, structured-cloneable.
 *
 *   Pair ── LinkCommand ──> PairLink        PairLink ── LinkEvent ──> Pair
 *   Pair ── pulse (shared memory) ──> PairLink
 *
 * Only spans of time pass between the two, never moments: each thread's monotonic clock has its own origin.
 */
import type { LogFacts, Severity } from '../log.ts';
import type { PairVersions } from '../update/release-facts.ts';
import type { BeatRefusal } from './beat-judge.ts';
import type { PathStatistics } from './partner-watch.ts';
import type { MainPbx } from '../sip/watch/main-pbx.ts';
import type { PartnerView, Rank } from './role.ts';

export interface LinkSettings {
  readonly rank: Rank;
  /** Addresses of the partner: one path each. */
  readonly partner: readonly string[];
  readonly port: number;
  /** One path more, after those of `partner`; null = there is no line. */
  readonly serial: { readonly device: string; readonly baud: number } | null;
  readonly beatMs: number;
  readonly misses: number;
  /** Shared memory of one 32-bit count that the control thread raises while it lives: nothing is allocated and no message waits. */
  readonly pulse: Int32Array;
  readonly controlSilentMs: number;
}

/** Of 32 bytes each, from the pairing. */
export interface LinkKeys {
  readonly send: Uint8Array;
  /** Those that the partner's beats may be sealed with; at most three while a key is changed. */
  readonly accept: readonly Uint8Array[];
}

export const oneKey = (key: Uint8Array): LinkKeys => ({ send: key, accept: [key] });

/** What this unit's beats say of it. */
export interface LinkFacts {
  readonly serving: boolean;
  readonly able: boolean;
  readonly sees: boolean;
  readonly main: MainPbx;
  readonly waiting: boolean;
  readonly asks: boolean;
  readonly epoch: number;
  readonly grant: number;
  readonly calls: number;
}

export type LinkCommand =
  /** Opens the sockets and begins to beat. */
  | { readonly type: 'link-start'; readonly settings: LinkSettings; readonly keys: LinkKeys }
  /** From the next beat on; who is heard stays heard. */
  | { readonly type: 'link-keys'; readonly keys: LinkKeys }
  /** From the next beat on, which leaves at once when they differ in more than the count of calls. */
  | { readonly type: 'link-facts'; readonly facts: LinkFacts }
  | { readonly type: 'link-carrier'; readonly path: number; readonly up: boolean }
  /** Says goodbye and closes; answered by `link-stopped`. */
  | { readonly type: 'link-stop' };

export interface LinkStatistics {
  readonly paths: readonly PathStatistics[];
  readonly sent: number;
  readonly sendFailures: number;
  readonly refused: Readonly<Record<BeatRefusal, number>>;
  /** Times at which this thread itself did not run in time. */
  readonly pauses: number;
  readonly deaths: number;
}

export type LinkEvent =
  /** The sockets are open: from now on silence means something. */
  | { readonly type: 'link-listening' }
  /** At each change. `silentMs`: since the last beat that counted. */
  | { readonly type: 'link-partner'; readonly partner: PartnerView; readonly silentMs: number }
  /** Once a second. */
  | { readonly type: 'link-statistics'; readonly statistics: LinkStatistics; readonly partnerCalls: number; readonly partnerControlAgeMs: number; readonly partnerSpeaks: PairVersions | null }
  /** The control thread hung while the partner served, and the shared address was removed in its stead. */
  | { readonly type: 'link-fenced' }
  | { readonly type: 'link-stopped' }
  | { readonly type: 'link-log'; readonly severity: Severity; readonly event: string; readonly text: string; readonly facts: LogFacts };

/** One pipe joins the two threads; what is the link's is told by its name. */
export const isLink = <Message extends { readonly type: string }>(message: Message): message is Extract<Message, { readonly type: `link-${string}` }> => message.type.startsWith('link-');

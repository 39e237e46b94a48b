/**
 * One call as the SIP side, or an analog line, sees it: the only thing of either that `calls/` knows. Rules: no callback runs from inside a call
 * that asked for it; after `ended` nothing more is called; every method on an ended leg does nothing.
 */
import type { CodecName, MediaSettings } from '../media/media-protocol.ts';
import type { ReferOutcome } from './session/refer-machine.ts';
import type { LegRecord } from './session/leg-record.ts';

/** Why the call was sent to voicemail (RFC 4458 cause, History-Info Reason, Diversion reason). */
export type DiversionReason = 'busy' | 'no-answer' | 'out-of-hours' | 'default';

export interface Party {
  /** User part of the URI, un-escaped; '' when withheld or absent. */
  readonly number: string;
  /** Display name, unquoted; ''. */
  readonly name: string;
  /** The URI as received, without parameters of the header. */
  readonly uri: string;
}

/** What a PBX says of a caller who waits in one of its queues. null: it does not say. */
export interface QueuedFacts {
  readonly point: 'Queued' | 'Still Queued';
  /** 1 = the next. */
  readonly position: number | null;
  readonly etaSec: number | null;
  readonly waitedSec: number | null;
  /** The same in each announcement of one waiting call. */
  readonly call: string | null;
}

/** What an INVITE says about the call, already reduced (RFC 4458 target, History-Info, Diversion, then To: first original target wins). */
export interface CallFacts {
  readonly callId: string;
  readonly caller: Party;
  /** Who was called in the first place: the mailbox candidate. */
  readonly originalTarget: string;
  /** Which rule named `originalTarget`. */
  readonly targetSource: 'request-uri-target' | 'history-info' | 'diversion' | 'to' | 'request-uri' | 'incoming-route';
  readonly reason: DiversionReason;
  /** User part of the Request-URI, without `target`: what was dialled at this unit ('*17', 'voicemail', '201'). */
  readonly dialled: string;
  /** User-to-User (RFC 7433) as it came, at most 512 characters; left out: none came. */
  readonly userToUser?: string;
  /** Name of the configured peer, or of the line, that it came from. */
  readonly peer: string;
  readonly remoteAddress: string;
  /** The PBX has the caller in a queue of its own, and wants an announcement; left out: not so. */
  readonly queued?: QueuedFacts;
  /** 'line': an analog line; `peer` is its name, and there is no address. */
  readonly transport: 'udp' | 'tcp' | 'line';
}

/** Our media address, given when the call gets a port. */
export interface LocalMedia {
  readonly address: string;
  readonly rtpPort: number;
  /** In order of preference. */
  readonly codecs: readonly CodecName[];
}

/** `by`: who ended it. `status`: the SIP status where a final response did. `text` is a sentence for the log. */
export interface LegEnd {
  readonly by: 'remote' | 'local' | 'failure';
  /** So much of the end of what was heard is the exchange's busy tone, milliseconds; left out: nothing. */
  readonly trailingToneMs?: number;
  readonly status: number | null;
  readonly text: string;
  /** What our BYE says besides. */
  readonly fields?: ReadonlyArray<{ readonly name: string; readonly value: string }>;
}

export interface LegHandlers {
  /** The peer alerts (outgoing calls only). `media` is set when early media was agreed. */
  ringing?(media: MediaSettings | null): void;
  /** The call stands and both offer and answer are known (200 and ACK seen on incoming calls; 200 on outgoing ones). Start the media now. */
  established(media: MediaSettings): void;
  /** A re-INVITE or UPDATE changed the media: hold, resume, new address. */
  mediaChanged(media: MediaSettings): void;
  /** A digit by INFO (application/dtmf-relay or application/dtmf). */
  digit(digit: string, durationMs: number): void;
  /** What `record` gives is another now. */
  changed?(): void;
  /** Last call of all. */
  ended(end: LegEnd): void;
}

export interface Leg {
  /** Unique within the run, short, for logs and the console. */
  readonly id: string;
  readonly facts: CallFacts;
  readonly state: 'offered' | 'ringing' | 'answering' | 'established' | 'ended';
  /** The analog line that carries its audio, as `start-line` numbers it; null = RTP does. */
  readonly line: number | null;
  /** 180 Ringing. */
  ring(): void;
  /** 200 OK with our SDP (answer, or offer when the INVITE had none). 488 is sent, and `ended` follows, when there is no common codec. */
  answer(media: LocalMedia): void;
  /** Final refusal. */
  reject(status: number, reason: string, retryAfterSec?: number): void;
  /** 302 (RFC 3261 21.3.3): the caller is to call this SIP URI instead. */
  redirect(contact: string): void;
  /** BYE, CANCEL or 487 as the state wants; `ended` follows with by 'local'. `fields`: of the BYE. */
  hangUp(text: string, fields?: LegEnd['fields']): void;
  /** The address of the pair, where this call lives, with its audio, whichever unit holds it; null = it is this unit's. */
  readonly sharedAddress: string | null;
  /** What another unit needs to carry the call on (`UserAgent.adopt`); null: it is not established, this unit's own, or too large (which the log tells once). */
  record(): LegRecord | null;
  /** Asks the peer to take the call over (RFC 3515); one at a time, else 'refused' at once. The call stands until somebody ends it. Left out: the leg is a line's. */
  refer?(refer: Refer): Promise<ReferOutcome>;
  /** Whether the peer has named the extension in Supported. Left out: the leg is a line's. */
  peerSupports?(extension: string): boolean;
  /** Its dialog; null: it has none yet. Left out: the leg is a line's. */
  dialogId?(): DialogId | null;
  /** Only established: the other unit carries it on. It ends here without a word to the peer; `ended` follows with by 'local'. */
  release(): void;
}

/** A dialog as we see it (RFC 3261 12). */
export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

export interface Refer {
  /** SIP URI of who is to have the call. */
  readonly to: string;
  /** A call of ours with them, whose place is taken (RFC 3891); it must stand. */
  readonly replaces?: Pick<Leg, 'dialogId' | 'peerSupports'>;
  /** SIP URI of who hands it over (RFC 3892). */
  readonly by?: string;
  /** What the new call is to say besides. */
  readonly headers?: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  /** Digest credentials if challenged. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** For the peer to report what became of it, from its acceptance on. */
  readonly timeoutMs: number;
}

/** A call that we place: a test phone's, a transfer, a notice, an agent who is rung. */
export interface OutgoingCall {
  /** Name of the configured peer that is called; left out: the host of `target` stands for it. */
  readonly peer?: string;
  /** Request-URI, e.g. sip:201@127.0.0.1:5060;transport=tcp. */
  readonly target: string;
  readonly fromNumber: string;
  readonly fromName: string;
  readonly media: LocalMedia;
  /** Digest credentials if challenged. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Further header fields (Diversion, History-Info ...). */
  readonly headers?: ReadonlyArray<{ readonly name: string; readonly value: string }>;
}

/**
 * One call as the SIP side sees it: the only thing of SIP that `calls/` knows. Rules: no callback runs from inside a call
 * that asked for it; after `ended` nothing more is called; every method on an ended leg does nothing.
 */
import type { CodecName, MediaSettings } from '../media/media-protocol.ts';

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

/** What an INVITE says about the call, already reduced (RFC 4458 target, History-Info, Diversion, then To: first original target wins). */
export interface CallFacts {
  readonly callId: string;
  readonly caller: Party;
  /** Who was called in the first place: the mailbox candidate. */
  readonly originalTarget: string;
  /** Which rule named `originalTarget`. */
  readonly targetSource: 'request-uri-target' | 'history-info' | 'diversion' | 'to' | 'request-uri';
  readonly reason: DiversionReason;
  /** User part of the Request-URI, without `target`: what was dialled at this unit ('*17', 'voicemail', '201'). */
  readonly dialled: string;
  /** Name of the configured peer that sent it. */
  readonly peer: string;
  readonly remoteAddress: string;
  readonly transport: 'udp' | 'tcp';
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
  readonly status: number | null;
  readonly text: string;
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
  /** Last call of all. */
  ended(end: LegEnd): void;
}

export interface Leg {
  /** Unique within the run, short, for logs and the console. */
  readonly id: string;
  readonly facts: CallFacts;
  readonly state: 'offered' | 'ringing' | 'answering' | 'established' | 'ended';
  /** 180 Ringing. */
  ring(): void;
  /** 200 OK with our SDP (answer, or offer when the INVITE had none). 488 is sent, and `ended` follows, when there is no common codec. */
  answer(media: LocalMedia): void;
  /** Final refusal. */
  reject(status: number, reason: string, retryAfterSec?: number): void;
  /** BYE, CANCEL or 487 as the state wants; `ended` follows with by 'local'. */
  hangUp(text: string): void;
}

/** A call that we place (test phone now; outcalling and transfers later). */
export interface OutgoingCall {
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

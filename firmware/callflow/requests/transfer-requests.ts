/**
 * Calls handed to somebody else. `transfer` comes first; where it answers 'answered' somebody at the other end waits, and `talk` lets the two
 * hear each other. Meanwhile the flow plays what it likes (`holdPhrases`). A caller who hangs up ends it all.
 */
export interface TransferRequests {
  readonly transfer: { readonly ask: TransferAsk; readonly answer: TransferAnswer };
  /** The caller and who answered the last `transfer` of this call hear each other. Answered when that is over. */
  readonly talk: { readonly ask: object; readonly answer: TalkAnswer };
  /** The caller waits for somebody who calls in to take the call; meanwhile a number is called and told of it. */
  readonly 'park-and-page': { readonly ask: ParkAsk; readonly answer: ParkAnswer };
}

export interface TransferAsk {
  /** What is dialled at the peer of the caller: an extension, a group, a short code. Variables are filled in. */
  readonly to: string;
  /** blind: the PBX is told to call, and the caller is gone. assisted: the unit calls, and the caller comes back where nobody answers. */
  readonly how: 'blind' | 'assisted';
  /** How long it may ring where the unit itself calls, milliseconds. */
  readonly ringMs: number;
  /** Shown to who is called; null = the caller's own. */
  readonly showNumber: string | null;
  readonly showName: string | null;
  readonly priority: TransferPriority | null;
  /** The mailbox for which the caller came: it is theirs again if the call ends at a voicemail of this unit. */
  readonly mailbox: string | null;
  /** Who answers hears this first, and takes the call with key 1. */
  readonly whisper: Whisper | null;
}

export type TransferPriority = 'low' | 'medium' | 'high';

export interface Whisper {
  /** As in the phrase `recording`; null = the unit's words alone. */
  readonly recording: string | null;
  /** The call is theirs without a key, once they have heard it. */
  readonly autoAccept: boolean;
}

export type TransferOutcome =
  /** The PBX has the call: the caller is gone, or about to go. */
  | 'gone'
  /** Somebody waits: `talk`. */
  | 'answered'
  | 'busy'
  | 'no-answer'
  /** Who answered did not want the call. */
  | 'rejected'
  /** The rules of `transfers.allow` keep this number out, or it is none. */
  | 'not-allowed'
  /** No port, no peer, or the network. */
  | 'failed';

export interface TransferAnswer {
  readonly outcome: TransferOutcome;
  /** A sentence without its full stop, for the log. */
  readonly text: string;
}

export interface TalkAnswer {
  /** Who hung up first; 'nobody': there was no one to talk to. */
  readonly ended: 'caller' | 'target' | 'nobody';
  readonly talkedMs: number;
}

export interface ParkAsk {
  /** A group, or a page number of the PBX. */
  readonly page: string;
  /** As in the phrase `recording`: what the page says; null = the unit's words alone. */
  readonly recording: string | null;
  /** Pages after the first, and the pause between two. */
  readonly retries: number;
  readonly everyMs: number;
}

export interface ParkAnswer {
  /** taken: somebody has called the slot and waits: `talk`. */
  readonly outcome: 'taken' | 'no-answer' | 'not-allowed' | 'failed';
  readonly text: string;
}

import type { WallMs } from '../../hal/clock.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { DiversionReason } from '../sip/leg.ts';

/** new: never heard. old: heard. saved: kept by the owner. deleted: in the trash until housekeeping. */
export type MessageState = 'new' | 'old' | 'saved' | 'deleted';

/** What is known when a message begins; written in the first frame of its file. */
export interface MessageFacts {
  readonly mailbox: string;
  readonly callerNumber: string;
  readonly callerName: string;
  readonly startedMs: WallMs;
  readonly reason: DiversionReason;
  readonly codec: CodecName;
  /** The unit that this one stood in for when the message began: the message is to go home to it. */
  readonly takenFor?: string;
}

export interface Message extends MessageFacts {
  /** UUIDv7, lower case: time-ordered, never reused, never renumbered. */
  readonly id: string;
  readonly durationMs: number;
  readonly bytes: number;
  readonly state: MessageState;
  /** Cut off by a power cut or crash, delivered by start-up salvage. */
  readonly interrupted: boolean;
  readonly lostPackets: number;
}

/** What kind of file a framed log is: a caller's message or a mailbox owner's greeting or name. */
export type RecordingKind = 'message' | 'greeting' | 'name';

export type Admission = 'ok' | 'no-such-mailbox' | 'mailbox-full' | 'store-full' | 'store-failed';

import type { GreetedCall } from '../callflow/phrase.ts';
import type { GreetingKind } from '../mailbox/owner-choices.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { AudioSource } from './media-channel.ts';
import type { RecordingSink } from './recording-sink.ts';

/** Greetings of mailboxes, as calls see them. */
export interface Greetings {
  /** The greeting in force for such a call, or for any; null = none, or it cannot be read. */
  current(mailbox: string, call?: GreetedCall): Promise<AudioSource | null>;
  /** The recording of that very kind, of which the owner's name is one; null = none, or it cannot be read. */
  recorded(mailbox: string, kind: GreetingKind): Promise<AudioSource | null>;
  /** Errors: HalError no-space, read-only, io. */
  begin(mailbox: string, codec: CodecName, kind?: GreetingKind): Promise<GreetingRecording>;
  /** Back to the system greeting; durable when resolved. */
  remove(mailbox: string, kind?: GreetingKind): Promise<void>;
}

/** A greeting being recorded: finished, listened to, then committed or abandoned. */
export interface GreetingRecording extends RecordingSink {
  finish(keepMs: number): Promise<void>;
  /** After `finish`. */
  open(): Promise<AudioSource>;
  /** In force and durable when resolved. */
  commit(): Promise<void>;
  abandon(): Promise<void>;
}

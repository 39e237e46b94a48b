import type { CodecName } from './media-protocol.ts';

/** Where received audio waits, each sample at its place by RTP timestamp. */
export interface ReceiveBuffer {
  /** Packets that came after their time, or found no room. */
  readonly late: number;
  begin(codec: CodecName): void;
  /** What waits is kept and turned into the other law. */
  changeCodec(codec: CodecName): void;
  /** The next packet begins a new stream (SSRC or numbering changed); what waits is still played. */
  restart(): void;
  /** Puts in bytes[at..at+samples) of a packet, turning each code by `table`. */
  insert(timestamp: number, bytes: Uint8Array, at: number, samples: number, table: Uint8Array): void;
  /** The peer says that there is no audio in this stretch (it sent an event instead). */
  insertSilence(timestamp: number, samples: number): void;
}

import { sipLimits } from '../message.ts';

/** What came out of a piece of the stream: whole messages, keep-alive pings, or the reason why the stream cannot go on. */
export interface Framed {
  readonly messages: readonly Uint8Array[];
  /** Double CRLFs that want a single CRLF back (RFC 5626 4.4.1). */
  readonly pings: number;
  readonly fatal: string | null;
}

/**
 * Cuts a TCP stream into SIP messages by Content-Length (RFC 3261 18.3). Holds at most one message of 64 KiB; a stream without
 * Content-Length, or with more, cannot be framed and has to be closed.
 */
export class StreamFramer {
  #held: Buffer = Buffer.alloc(0);
  /** Bytes of line ends since the last message, short of a ping. */
  #blank = 0;

  push(bytes: Uint8Array): Framed {
    this.#held = Buffer.concat([this.#held, bytes]);
    const messages: Uint8Array[] = [];
    let pings = 0;
    for (;;) {
      const blank = leadingLineEnds(this.#held);
      this.#blank += blank;
      pings += this.#blank >> 2;
      this.#blank &= 3;
      this.#held = this.#held.subarray(blank);
      const length = messageLength(this.#held);
      if (typeof length === 'string') return { messages, pings, fatal: length };
      if (length === null) break;
      messages.push(Buffer.from(this.#held.subarray(0, length)));
      this.#blank = 0;
      this.#held = this.#held.subarray(length);
    }
    this.#held = Buffer.from(this.#held);
    return { messages, pings, fatal: null };
  }
}

/** Bytes of whole CRLFs at the start; a lone CRLF before a message is skipped too, but is no ping. */
function leadingLineEnds(bytes: Buffer): number {
  let at = 0;
  while (at + 1 < bytes.length && bytes[at] === 13 && bytes[at + 1] === 10) at += 2;
  return at;
}

/** Bytes of the first message; null = not all of it is here; a sentence = it never will be. */
function messageLength(bytes: Buffer): number | null | string {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length > sipLimits.streamBytes ? 'the header is longer than 64 KiB' : null;
  const head = bytes.toString('latin1', 0, end + 2);
  const found = /^(?:content-length|l)[ \t]*:\s*([0-9]{1,9})[ \t]*\r$/im.exec(head);
  if (found === null) return 'no usable Content-Length';
  const length = end + 4 + Number(found[1]);
  if (length > sipLimits.streamBytes) return 'the message is longer than 64 KiB';
  return length <= bytes.length ? length : null;
}

import * as v from 'valibot';
import { ChannelError } from './channel-error.ts';

/**
 * The bytes of a frame (big endian):
 *
 *   length u32 (of all that follows) · head length u16 · head (JSON, UTF-8) · body (any bytes)
 */
export const maxHeadBytes = 4096;
export const maxBodyBytes = 65_536;
const lengthBytes = 4;
const headLengthBytes = 2;
export const maxFrameBytes = lengthBytes + headLengthBytes + maxHeadBytes + maxBodyBytes;

/** A request has an id of the side that asked; the answer repeats it. */
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
const version = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff));
const word = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const data = v.record(v.string(), v.unknown());

const headSchema = v.variant('type', [
  v.strictObject({ type: v.literal('hello'), min: version, max: version, site: word, unit: word }),
  v.strictObject({ type: v.literal('ask'), id, kind: word, data }),
  v.strictObject({ type: v.literal('answer'), id, data }),
  v.strictObject({ type: v.literal('fail'), id, code: word, text: v.pipe(v.string(), v.maxLength(512)) }),
  v.strictObject({ type: v.literal('push'), kind: word, data }),
  v.strictObject({ type: v.literal('ping') }),
  v.strictObject({ type: v.literal('pong') }),
]);

export type Head = v.InferOutput<typeof headSchema>;
export type Data = Readonly<Record<string, unknown>>;

export interface Frame {
  readonly head: Head;
  readonly body: Uint8Array;
}

export const noBody = new Uint8Array(0);

/** Errors: ChannelError too-large. */
export function encodeFrame(head: Head, body: Uint8Array = noBody): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(head));
  if (text.length > maxHeadBytes || body.length > maxBodyBytes) throw new ChannelError('too-large', `head of ${text.length}, body of ${body.length} bytes`);
  const bytes = new Uint8Array(lengthBytes + headLengthBytes + text.length + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length - lengthBytes);
  view.setUint16(lengthBytes, text.length);
  bytes.set(text, lengthBytes + headLengthBytes);
  bytes.set(body, lengthBytes + headLengthBytes + text.length);
  return bytes;
}

/** Cuts a stream into frames, however it arrives. Holds at most one frame of memory. */
export class FrameReader {
  #buffer = new Uint8Array(lengthBytes);
  #filled = 0;
  #inside = false;

  /** Whether a frame has begun and is not whole. */
  get partial(): boolean {
    return this.#inside || this.#filled > 0;
  }

  /** The frames that are whole now; `bytes` is not kept. Errors: ChannelError malformed, after which the reader is of no use. */
  take(bytes: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#buffer.length) break;
      if (this.#inside) frames.push(this.#end());
      else this.#begin();
    }
    return frames;
  }

  #begin(): void {
    const length = new DataView(this.#buffer.buffer).getUint32(0);
    if (length < headLengthBytes || length > maxFrameBytes - lengthBytes) throw new ChannelError('malformed', `a frame of ${length} bytes`);
    this.#next(length, true);
  }

  #end(): Frame {
    const frame = decode(this.#buffer);
    this.#next(lengthBytes, false);
    return frame;
  }

  #next(bytes: number, inside: boolean): void {
    this.#buffer = new Uint8Array(bytes);
    this.#filled = 0;
    this.#inside = inside;
  }
}

function decode(bytes: Uint8Array): Frame {
  const headEnd = headLengthBytes + new DataView(bytes.buffer).getUint16(0);
  const body = bytes.subarray(headEnd);
  if (headEnd > bytes.length || headEnd - headLengthBytes > maxHeadBytes || body.length > maxBodyBytes) throw new ChannelError('malformed', 'head and body do not fit');
  return { head: decodeHead(bytes.subarray(headLengthBytes, headEnd)), body };
}

function decodeHead(bytes: Uint8Array): Head {
  try {
    return v.parse(headSchema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    throw new ChannelError('malformed', 'the head of a frame is not one of this protocol');
  }
}

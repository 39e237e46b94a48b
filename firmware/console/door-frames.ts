import * as v from 'valibot';
import type { Terminal } from './terminal.ts';

/**
 * What `understudy console` sends to the unit: a letter, the length (2 bytes, big-endian), the content. The unit sends the plain
 * text of its terminal.
 *
 *   h  hello, first of all: JSON        k  keys as typed
 *   w  the window changed: JSON         e  no more input will come
 */
export type DoorFrame =
  | { readonly kind: 'hello'; readonly terminal: Terminal['kind']; readonly window: Window; readonly who: string }
  | { readonly kind: 'keys'; readonly bytes: Uint8Array }
  | { readonly kind: 'window'; readonly window: Window }
  | { readonly kind: 'end' };

/** 0 = unknown. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
}

export const mostFrameBytes = 4096;
const headBytes = 3;

const size = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000));
const window = v.object({ columns: size, rows: size });
const hello = v.object({ terminal: v.picklist(['terminal', 'dumb', 'pipe']), window, who: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,32}$/)) });

export function encodeFrame(frame: DoorFrame): Buffer {
  const content = contentOf(frame);
  const head = Buffer.from([frame.kind.charCodeAt(0), content.length >> 8, content.length & 255]);
  return Buffer.concat([head, content]);
}

function contentOf(frame: DoorFrame): Buffer {
  switch (frame.kind) {
    case 'hello':
      return Buffer.from(JSON.stringify({ terminal: frame.terminal, window: frame.window, who: frame.who }));
    case 'keys':
      return Buffer.from(frame.bytes);
    case 'window':
      return Buffer.from(JSON.stringify(frame.window));
    case 'end':
      return Buffer.alloc(0);
  }
}

/** Frames out of bytes as they come. `take` gives null for what is no frame: the other end is not ours, and the connection is worthless. */
export class DoorDecoder {
  #bytes = Buffer.alloc(0);

  take(bytes: Uint8Array): DoorFrame[] | null {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const frames: DoorFrame[] = [];
    while (this.#bytes.length >= headBytes) {
      const length = this.#bytes.readUInt16BE(1);
      if (length > mostFrameBytes) return null;
      if (this.#bytes.length < headBytes + length) break;
      const frame = decode(String.fromCharCode(this.#bytes[0] as number), this.#bytes.subarray(headBytes, headBytes + length));
      if (frame === null) return null;
      frames.push(frame);
      this.#bytes = this.#bytes.subarray(headBytes + length);
    }
    return frames;
  }
}

function decode(letter: string, content: Buffer): DoorFrame | null {
  if (letter === 'k') return { kind: 'keys', bytes: new Uint8Array(content) };
  if (letter === 'e') return { kind: 'end' };
  try {
    const found: unknown = JSON.parse(content.toString());
    if (letter === 'w') return { kind: 'window', window: v.parse(window, found) };
    return letter === 'h' ? { kind: 'hello', ...v.parse(hello, found) } : null;
  } catch {
    return null;
  }
}

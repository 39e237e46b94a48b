/**
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM Transactions on Networking 7(2), 1999): a frame without zeros, and a zero
 * behind it. So a receiver that has missed something finds the next frame. At most one byte more for each 254, and the zero.
 */
export function cobsBytes(length: number): number {
  return length + Math.floor(length / 254) + 2;
}

/** With the zero behind it. */
export function cobsFrame(bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(cobsBytes(bytes.length));
  let codeAt = 0;
  let at = 1;
  const close = (): void => {
    frame[codeAt] = at - codeAt;
    codeAt = at++;
  };
  for (const byte of bytes) {
    if (byte !== 0) frame[at++] = byte;
    if (byte === 0 || at - codeAt === 0xff) close();
  }
  frame[codeAt] = at - codeAt;
  return frame.subarray(0, at + 1);
}

/** null = it is no frame. `frame` is without the zero behind it. */
export function cobsBytesOf(frame: Uint8Array): Uint8Array | null {
  const bytes = new Uint8Array(frame.length);
  let length = 0;
  for (let at = 0; at < frame.length; ) {
    const code = frame[at] as number;
    if (code === 0 || at + code > frame.length) return null;
    bytes.set(frame.subarray(at + 1, at + code), length);
    length += code - 1;
    at += code;
    if (code < 0xff && at < frame.length) bytes[length++] = 0;
  }
  return bytes.subarray(0, length);
}

/** Finds frames of at most so many bytes in a stream. What is longer is no frame: it is dropped up to the next zero. */
export class CobsReader {
  readonly #buffer: Uint8Array;
  readonly #frame: (bytes: Uint8Array | null) => void;
  #length = 0;
  #tooLong = false;

  /** `frame` gets what was in a frame, or null for something that is none; the bytes are its own. */
  constructor(maxBytes: number, frame: (bytes: Uint8Array | null) => void) {
    this.#buffer = new Uint8Array(cobsBytes(maxBytes));
    this.#frame = frame;
  }

  read(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0) this.#end();
      else if (this.#length < this.#buffer.length) this.#buffer[this.#length++] = byte;
      else this.#tooLong = true;
    }
  }

  #end(): void {
    if (this.#tooLong) this.#frame(null);
    else if (this.#length > 0) this.#frame(cobsBytesOf(this.#buffer.subarray(0, this.#length)));
    this.#length = 0;
    this.#tooLong = false;
  }
}

/** Cuts a stream into frames: length u16 (big endian), then so many bytes. Keeps at most one frame that is not whole. */
export class FrameReader {
  readonly #longest: number;
  #buffer: Uint8Array = new Uint8Array(0);

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Bodies of the frames that are whole now; null = a length of 0 or beyond the limit, and the stream is of no more use. */
  take(bytes: Uint8Array): Uint8Array[] | null {
    let rest = new Uint8Array(Buffer.concat([this.#buffer, bytes]));
    const frames: Uint8Array[] = [];
    while (rest.length >= 2) {
      const length = ((rest[0] ?? 0) << 8) + (rest[1] ?? 0);
      if (length === 0 || length > this.#longest) return null;
      if (rest.length < 2 + length) break;
      frames.push(rest.slice(2, 2 + length));
      rest = rest.slice(2 + length);
    }
    this.#buffer = rest;
    return frames;
  }
}

/** Bytes first in, first out, at most `limit`. */
export class ByteQueue {
  readonly limit: number;
  readonly #bytes: Uint8Array;
  #start = 0;
  #length = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.#bytes = new Uint8Array(limit);
  }

  get length(): number {
    return this.#length;
  }

  get room(): number {
    return this.limit - this.#length;
  }

  /** All or nothing. */
  push(bytes: Uint8Array): boolean {
    if (bytes.length > this.room) return false;
    for (const byte of bytes) this.#bytes[(this.#start + this.#length++) % this.limit] = byte;
    return true;
  }

  /** The first bytes, which stay; they may be fewer than there are. */
  peek(): Uint8Array {
    return this.#bytes.subarray(this.#start, Math.min(this.limit, this.#start + this.#length));
  }

  drop(count: number): void {
    this.#start = (this.#start + count) % this.limit;
    this.#length -= count;
  }

  shift(): number {
    const byte = this.#bytes[this.#start] ?? 0;
    this.drop(1);
    return byte;
  }

  clear(): void {
    this.#length = 0;
  }
}

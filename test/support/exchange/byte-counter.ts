/** Hears what `counter` sends: each byte is one more than the one before, or something was lost, repeated or changed. */
export class ByteCounter {
  samples = 0;
  faults = 0;
  #last: number | null = null;
  #right = 0;

  /** It hears the counter and not what was sent before it. */
  get counting(): boolean {
    return this.#right > 400;
  }

  /** Counts from now. */
  start(): void {
    [this.samples, this.faults] = [0, 0];
  }

  take(block: Uint8Array): void {
    for (const byte of block) {
      const right = this.#last !== null && byte === ((this.#last + 1) & 0xff);
      if (!right) this.faults += 1;
      this.#right = right ? this.#right + 1 : 0;
      this.#last = byte;
    }
    this.samples += block.length;
  }
}

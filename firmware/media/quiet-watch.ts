const rtpTimeoutRepeatMs = 30_000;

/** How long nothing has come from the peer while something should: told first after `firstMs`, then every further 30 s. */
export class QuietWatch {
  readonly #firstMs: number;
  #dueMs = Infinity;
  #sinceMs = 0;

  /** `firstMs`: 0 = never told. */
  constructor(firstMs: number) {
    this.#firstMs = firstMs;
  }

  /** Counts anew: at the start, and when the direction changes. */
  begin(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#dueMs = this.#firstMs > 0 ? nowMs + this.#firstMs : Infinity;
  }

  /** It is time to look whether something came; `due` does. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueMs;
  }

  /** Milliseconds of silence if they are to be told now; 0 = not. */
  due(nowMs: number, lastPacketMs: number): number {
    if (!this.isDue(nowMs)) return 0;
    const sinceMs = Math.max(this.#sinceMs, lastPacketMs);
    const silentMs = nowMs - sinceMs;
    if (silentMs < this.#firstMs) {
      this.#dueMs = sinceMs + this.#firstMs;
      return 0;
    }
    this.#dueMs = nowMs + rtpTimeoutRepeatMs;
    return Math.round(silentMs);
  }
}

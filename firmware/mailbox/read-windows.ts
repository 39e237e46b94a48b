/** Memory for looking into files: what one reader has no more use for serves the next one, whichever comes. */
export class ReadWindows {
  readonly windowBytes: number;
  readonly #mostKept: number;
  readonly #free: Uint8Array[] = [];

  /** Beyond `mostKept` what is given back is left to the garbage collection: so many reads at one time are rare. */
  constructor(windowBytes: number, mostKept: number) {
    this.windowBytes = windowBytes;
    this.#mostKept = mostKept;
  }

  /** At least `bytes`, of anything: what an earlier reader saw is still in it. */
  take(bytes: number): Uint8Array {
    if (bytes > this.windowBytes) return new Uint8Array(bytes);
    return this.#free.pop() ?? new Uint8Array(this.windowBytes);
  }

  /** Once for each `take`, when nothing looks at it any more. */
  giveBack(window: Uint8Array): void {
    if (window.length === this.windowBytes && this.#free.length < this.#mostKept) this.#free.push(window);
  }
}

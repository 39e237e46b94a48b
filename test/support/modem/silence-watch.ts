/** What a modem makes of silence: it tells of it (`+VSD`), and may leave it out of recordings (`+VSM`). */
export class SilenceWatch {
  /** `+VSD`: sensitivity, 0 = off; interval in tenths of a second, 0 = off. */
  sensitivity = 0;
  interval = 0;
  /** Silence is left out from now on. */
  compresses = false;
  #quiet = 0;
  #voice = false;
  #told = false;

  /** A stream begins: what was heard before does not count. */
  reset(): void {
    this.#quiet = 0;
    this.#voice = this.#told = false;
  }

  /** One sample of the line: 's' = silence from the beginning, 'q' = quiet after voice, null = nothing to tell. */
  pass(sample: number): 's' | 'q' | null {
    if (Math.abs(sample) > 4 * (this.sensitivity || 128)) {
      this.#quiet = 0;
      this.#voice = true;
      this.#told = false;
      return null;
    }
    this.#quiet++;
    if (this.#told || this.sensitivity === 0 || this.interval === 0 || this.#quiet < this.interval * 800) return null;
    this.#told = true;
    return this.#voice ? 'q' : 's';
  }

  /** This sample is left out. */
  get left(): boolean {
    return this.compresses && this.#quiet > keptSamples;
  }
}

/** The first 200 ms of each silence stay. */
const keptSamples = 1600;

/**
 * Which spots of a ring are taken: a bit for each, 32 to a word, so that it is an eighth of what it tells about, and a frame is looked at in six steps.
 * Places are signed 32-bit numbers that go round.
 */
export class SpotSet {
  readonly #words: Int32Array;
  readonly #mask: number;

  /** `capacity`: a power of two, 32 at least. */
  constructor(capacity: number) {
    this.#words = new Int32Array(capacity / 32);
    this.#mask = capacity - 1;
  }

  has(place: number): boolean {
    return (((this.#words[(place & this.#mask) >>> 5] ?? 0) >>> (place & 31)) & 1) === 1;
  }

  /** Each of the `count` from `place` on. */
  hasAll(place: number, count: number): boolean {
    for (let done = 0; done < count; ) {
      const spot = (place + done) & this.#mask;
      const taken = Math.min(32 - (spot & 31), count - done);
      const bits = bitsOf(spot & 31, taken);
      if (((this.#words[spot >>> 5] ?? 0) & bits) !== bits) return false;
      done += taken;
    }
    return true;
  }

  add(place: number, count: number): void {
    for (let done = 0; done < count; ) {
      const spot = (place + done) & this.#mask;
      const taken = Math.min(32 - (spot & 31), count - done);
      this.#words[spot >>> 5] = (this.#words[spot >>> 5] ?? 0) | bitsOf(spot & 31, taken);
      done += taken;
    }
  }

  remove(place: number, count: number): void {
    for (let done = 0; done < count; ) {
      const spot = (place + done) & this.#mask;
      const taken = Math.min(32 - (spot & 31), count - done);
      this.#words[spot >>> 5] = (this.#words[spot >>> 5] ?? 0) & ~bitsOf(spot & 31, taken);
      done += taken;
    }
  }

  clear(): void {
    this.#words.fill(0);
  }
}

/** `count` bits from `first` on; a shift by 32 would be one by 0. */
const bitsOf = (first: number, count: number): number => (count === 32 ? -1 : ((1 << count) - 1) << first);

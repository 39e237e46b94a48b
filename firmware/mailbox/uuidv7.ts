import type { Clock } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';

const counterBits = 12;

/**
 * UUIDs of version 7 (RFC 9562 section 5.7, method 1 of section 6.2: the 12 bits after the time are a counter). Each is greater
 * than all before it and than every id it was shown, also when the wall clock steps back: then the time in the id stands still.
 */
export class UuidV7 {
  readonly #clock: Clock;
  readonly #random: Random;
  #ms = 0;
  #counter = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Later ids will be greater than this one (the newest one on the disk). */
  observe(id: string): void {
    const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    const counter = Number.parseInt(id.slice(15, 18), 16);
    if (ms > this.#ms || (ms === this.#ms && counter > this.#counter)) [this.#ms, this.#counter] = [ms, counter];
  }

  next(): string {
    this.#step(Math.floor(this.#clock.wall()));
    const tail = this.#random.bytes(8);
    tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80;
    const time = this.#ms.toString(16).padStart(12, '0');
    const counter = this.#counter.toString(16).padStart(3, '0');
    const end = Buffer.from(tail).toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${end.slice(0, 4)}-${end.slice(4)}`;
  }

  #step(nowMs: number): void {
    if (nowMs > this.#ms) [this.#ms, this.#counter] = [nowMs, this.#random.below(2 ** (counterBits - 1))];
    else if (this.#counter < 2 ** counterBits - 1) this.#counter++;
    else [this.#ms, this.#counter] = [this.#ms + 1, 0];
  }
}

import type { Random } from '../random.ts';

/** Repeatable bytes from a seed (xorshift128, Marsaglia 2003). Never for secrets. */
export class SimRandom implements Random {
  readonly seed: number;
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.#state = spread(this.seed);
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at++) bytes[at] = this.#word() >>> 24;
    return bytes;
  }

  below(bound: number): number {
    if (bound <= 1) return 0;
    const limit = 2 ** 32 - (2 ** 32 % bound); // words past the last whole multiple would favour small results
    for (;;) {
      const word = this.#word();
      if (word < limit) return word % bound;
    }
  }

  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean {
    return probability > 0 && this.below(1_000_000) < probability * 1_000_000;
  }

  #word(): number {
    const [x = 0, y = 0, z = 0, w = 0] = this.#state;
    const mixed = x ^ (x << 11);
    const next = (w ^ (w >>> 19) ^ mixed ^ (mixed >>> 8)) >>> 0;
    this.#state.set([y, z, w, next]);
    return next;
  }
}

/** Four words that differ in many bits even for neighbouring seeds; never all zero. */
function spread(seed: number): Uint32Array {
  const words = new Uint32Array(4);
  let value = seed;
  for (let at = 0; at < 4; at++) {
    value = (value + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    words[at] = (mixed ^ (mixed >>> 15)) >>> 0;
  }
  if (words.every((word) => word === 0)) words[0] = 1;
  return words;
}

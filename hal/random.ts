/** Unpredictable bytes (CSPRNG in drivers, seeded in the simulator). Never throws. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** Uniform integer 0 <= n < bound, bound <= 2^32. */
  below(bound: number): number;
}

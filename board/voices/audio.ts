/** One channel of linear audio on the 16-bit scale (-32,768 to 32,767, fractions allowed). */
export interface Audio {
  /** Samples a second. */
  readonly rate: number;
  readonly samples: Float64Array;
}

/** What telephones carry, and what every prompt ends up as. */
export const phoneRate = 8000;

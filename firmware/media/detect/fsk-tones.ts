/** Frequencies of the two 1200 Bd modems that caller ID is sent with: mark is 1, space is 0. */
export interface FskTones {
  readonly markHz: number;
  readonly spaceHz: number;
}

/** Bell 202 (Telcordia GR-30-CORE, TIA-777). */
export const bell202: FskTones = { markHz: 1200, spaceHz: 2200 };
/** ITU-T V.23 mode 2 (ETSI EN 300 659-1). */
export const v23: FskTones = { markHz: 1300, spaceHz: 2100 };

/** 1200 Bd at 8 kHz, in samples. */
export const bitSamples = 8000 / 1200;

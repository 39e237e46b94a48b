// Whether one recording is contained in another, sample for sample in shape if not in loudness.

/** Enough to be found by, little enough to be looked for everywhere. */
const anchorSamples = 1600;
/** How far from the anchor's place the whole may lie: resampling and rounding move nothing further. */
const slackSamples = 8;

export interface Match {
  /** Normalised cross-correlation at the best place: 1 = the same shape, 0 = nothing in common. */
  readonly correlation: number;
  /** Where `wanted` begins in `heard`, in samples; negative = it began before. */
  readonly at: number;
}

/**
 * Looks for `wanted` in `heard`: first for its loudest fifth of a second, everywhere; then for all of it, up to `slack` samples around that
 * place. What repeats itself, as a tone does, needs as much slack as it is long.
 */
export function find(wanted: Float64Array, heard: Float64Array, slack = slackSamples): Match {
  const anchorAt = loudest(wanted);
  const anchor = wanted.subarray(anchorAt, anchorAt + anchorSamples);
  const rough = best(anchor, heard, 0, heard.length - anchor.length).at - anchorAt;
  return best(wanted, heard, rough - slack, rough + slack);
}

/** The correlation of all of `wanted` with `heard` from `at` on; what lies outside of `heard` counts as silence. */
export function correlationAt(wanted: Float64Array, heard: Float64Array, at: number): number {
  let product = 0;
  let wantedPower = 0;
  let heardPower = 0;
  for (let n = 0; n < wanted.length; n++) {
    const left = wanted[n] ?? 0;
    const right = heard[at + n] ?? 0;
    product += left * right;
    wantedPower += left * left;
    heardPower += right * right;
  }
  return wantedPower === 0 || heardPower === 0 ? 0 : product / Math.sqrt(wantedPower * heardPower);
}

function best(wanted: Float64Array, heard: Float64Array, from: number, to: number): Match {
  let match: Match = { correlation: -1, at: from };
  for (let at = from; at <= to; at++) {
    const correlation = correlationAt(wanted, heard, at);
    if (correlation > match.correlation) match = { correlation, at };
  }
  return match;
}

function loudest(signal: Float64Array): number {
  let [at, most, power] = [0, 0, 0];
  for (let n = 0; n < signal.length; n++) {
    power += (signal[n] ?? 0) ** 2 - (signal[n - anchorSamples] ?? 0) ** 2;
    if (power > most) [at, most] = [n - anchorSamples + 1, power];
  }
  return Math.max(0, at);
}

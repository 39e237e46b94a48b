/** How long a trunk line waits for what, in milliseconds. */
export const trunkTimes = {
  /** From one burst of ringing to the next; the longest pause in use is 5 s. After so long the caller has given up. */
  ringGapMs: 8000,
  /** Bursts nearer to each other are one ring. */
  burstGapMs: 1000,
  /** A number that came before the first ring is that of the call which rings within this time. */
  callerIdKeptMs: 10_000,
  /** The device goes off-hook within this time. */
  offHookMs: 3000,
  /** And on-hook; then it is asked once more. */
  onHookMs: 3000,
  /** ITU-T E.543 has 3 s for a loaded exchange. */
  dialToneMs: 5000,
  /** 64 digits by pulses take longer, and nobody dials so. */
  dialMs: 60_000,
  /** On-hook for so long before the line is used again: the exchange clears, and a ring in this time is its noise. */
  guardMs: 2000,
} as const;

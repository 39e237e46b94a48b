/**
 * How LEDs blink: milliseconds lit and dark in turn, from the beginning again. One entry = it stays so. What they mean is in
 * `signal-machine.ts` and, for people, in the README.
 */
export const ledPatterns = {
  off: [],
  on: [Infinity],
  /** A flash every two seconds: nothing to do. */
  flash: [60, 1940],
  slow: [1000, 1000],
  fast: [100, 100],
  double: [120, 180, 120, 1080],
  triple: [120, 180, 120, 180, 120, 780],
  test: [250, 250],
} as const satisfies Record<string, readonly number[]>;

export type LedPattern = keyof typeof ledPatterns;

/** Whether a LED is lit so long after its pattern began, and for how long it stays so (Infinity = for good). */
export function litAt(pattern: LedPattern, sinceMs: number): { readonly lit: boolean; readonly forMs: number } {
  const steps: readonly number[] = ledPatterns[pattern];
  const roundMs = steps.reduce((sum, ms) => sum + ms, 0);
  if (steps.length === 0 || roundMs === Infinity) return { lit: steps.length > 0, forMs: Infinity };
  let leftMs = sinceMs % roundMs;
  for (let step = 0; ; step++) {
    const ms = steps[step % steps.length] as number;
    if (leftMs < ms) return { lit: step % 2 === 0, forMs: ms - leftMs };
    leftMs -= ms;
  }
}

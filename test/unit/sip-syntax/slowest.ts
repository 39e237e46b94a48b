const suspects = 20;
const repeats = 3;

const timed = <T>(work: (input: T) => unknown, input: T): number => {
  const began = performance.now();
  work(input);
  return performance.now() - began;
};

/** The input that takes longest. Those that look slow are measured again and their best time counts: the rest is the machine's doing. */
export function slowest<T>(inputs: readonly T[], work: (input: T) => unknown): { readonly ms: number; readonly index: number } {
  const first = inputs.map((input, index) => ({ ms: timed(work, input), index })).sort((one, other) => other.ms - one.ms);
  const again = first.slice(0, suspects).map(({ index }) => {
    const input = inputs[index] as T;
    return { ms: Math.min(...Array.from({ length: repeats }, () => timed(work, input))), index };
  });
  return again.reduce((worst, one) => (one.ms > worst.ms ? one : worst), { ms: 0, index: -1 });
}

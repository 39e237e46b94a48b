const suspects = 20;
/** A machine with other work to do may interrupt any of these, but not all. */
const repeats = 12;
/** Nothing to look into. */
const quickMs = 1;

const timed = <T>(work: (input: T) => unknown, input: T): number => {
  const began = performance.now();
  work(input);
  return performance.now() - began;
};

function best<T>(work: (input: T) => unknown, input: T): number {
  let least = Infinity;
  for (let count = 0; count < repeats && least > quickMs; count++) least = Math.min(least, timed(work, input));
  return least;
}

/** The input that takes longest. Those that look slow are measured again and their best time counts: the rest is the machine's doing. */
export function slowest<T>(inputs: readonly T[], work: (input: T) => unknown): { readonly ms: number; readonly index: number } {
  const first = inputs.map((input, index) => ({ ms: timed(work, input), index })).sort((one, other) => other.ms - one.ms);
  const again = first.slice(0, suspects).map(({ index }) => {
    const input = inputs[index] as T;
    return { ms: best(work, input), index };
  });
  return again.reduce((worst, one) => (one.ms > worst.ms ? one : worst), { ms: 0, index: -1 });
}

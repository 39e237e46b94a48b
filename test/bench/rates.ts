import { median } from './figures.ts';

const rounds = 9;
const roundMs = 150;
const slowRoundMs = 400;

/**
 * How often each of these can be done in a second. They take turns, and the median of the rounds counts: a machine that is slower for a while is so for
 * all of them, and their ratios stay.
 */
export function rates(works: readonly (() => unknown)[]): number[] {
  for (const work of works) for (let n = 0; n < 3000; n += 1) work();
  const found: number[][] = works.map(() => []);
  for (let round = 0; round < rounds; round++) works.forEach((work, at) => found[at]?.push(once(work)));
  return found.map(median);
}

function once(work: () => unknown): number {
  const began = performance.now();
  let done = 0;
  for (; performance.now() - began < roundMs; done += 100) for (let n = 0; n < 100; n += 1) work();
  return (done / (performance.now() - began)) * 1000;
}

/** The same for what takes its time. */
export async function slowRates(works: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const found: number[][] = works.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, work] of works.entries()) {
      const began = performance.now();
      let done = 0;
      for (; performance.now() - began < slowRoundMs; done += 1) await work();
      found[at]?.push((done / (performance.now() - began)) * 1000);
    }
  }
  return found.map(median);
}

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../figure.ts';
import { runSeed, type SeedResult } from './run-seed.ts';

/** A machine that is busy with other things gets no further than it can; what was run is printed. */
const budgetMs = 60_000;
/** Fewer than this part of the seeds prove too little. */
const leastPart = 0.2;

/**
 * So many lives of a pair, each from its seed. One that breaks a promise is printed with its story; UNDERSTUDY_SEED=n runs that
 * one alone.
 */
export function randomFaults({ first, seeds }: { readonly first: number; readonly seeds: number }): void {
  const test = suite('random-faults');
  const only = Number(process.env['UNDERSTUDY_SEED'] ?? 0);
  const [from, count] = only > 0 ? [only, 1] : [first, seeds];

  test(`seeds ${from} to ${from + count - 1}: one serves, one holds the address, epochs rise, all heals`, async () => {
    const beganMs = performance.now();
    const results: SeedResult[] = [];
    const failed: SeedResult[] = [];
    for (let seed = from; seed < from + count && performance.now() - beganMs < budgetMs; seed++) {
      const result = await runSeed(seed);
      results.push(result);
      if (result.failure !== null) failed.push(result);
      if (failed.length >= 5) break;
    }
    for (const { seed, failure } of failed) console.log(`UNDERSTUDY_SEED=${seed}: ${failure}`);
    if (failed[0] !== undefined) console.log(failed[0].story());
    const most = (value: (result: SeedResult) => number): number => results.reduce((max, result) => Math.max(max, value(result)), 0);
    figure(
      `${results.length} of ${count} seeds in ${((performance.now() - beganMs) / 1000).toFixed(0)} s; longest, virtual ms: without service ${most((one) => one.longestUnservedMs)}, ` +
        `two holders that hear each other ${most((one) => one.longestBothMs)}, two that serve and a witness hears ${most((one) => one.longestBothServeMs)}, healing ${most((one) => one.healedMs)}`,
    );
    assert.equal(failed.map(({ seed, failure }) => `UNDERSTUDY_SEED=${seed}: ${failure}`), []);
    assert.ok(results.length >= count * leastPart, `only ${results.length} of ${count} seeds in ${budgetMs / 1000} s`);
  });

  test.run();
}

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Random } from '../../hal/random.ts';

/** What every source of random bytes does. The bounds fail a good source less than once in 10^9 runs. */
export function randomContract(driver: string, make: () => Random): void {
  const check = (name: string, body: (random: Random) => void): void => test(`random ${driver}: ${name}`, () => body(make()));

  check('gives as many bytes as asked for', (random) => {
    for (const count of [0, 1, 16, 1000]) assert.is(random.bytes(count).length, count);
  });

  check('never gives the same 16 bytes twice', (random) => {
    const seen = new Set(Array.from({ length: 1000 }, () => Buffer.from(random.bytes(16)).toString('hex')));
    assert.is(seen.size, 1000);
  });

  check('bytes are uniform', (random) => {
    const counts = new Array<number>(256).fill(0);
    for (const byte of random.bytes(51_200)) counts[byte] = (counts[byte] ?? 0) + 1;
    assert.ok(chiSquare(counts) < 420, `chi-square ${chiSquare(counts)}`);
  });

  check('integers are whole, below the bound, and reach both ends', (random) => {
    const seen = new Set(Array.from({ length: 1000 }, () => random.below(7)));
    assert.equal([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
  });

  check('a bound of one gives zero', (random) => assert.is(random.below(1), 0));

  check('integers are uniform for a bound that does not divide 2^32', (random) => {
    const counts = new Array<number>(10).fill(0);
    for (let at = 0; at < 20_000; at++) {
      const bucket = Math.floor((random.below(3_000_000_000) / 3_000_000_000) * 10);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    assert.ok(chiSquare(counts) < 65, `chi-square ${chiSquare(counts)}`);
  });

  check('the largest bound is 2^32', (random) => {
    const values = Array.from({ length: 200 }, () => random.below(2 ** 32));
    assert.ok(values.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32));
    assert.ok(values.some((value) => value >= 2 ** 31));
  });
}

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

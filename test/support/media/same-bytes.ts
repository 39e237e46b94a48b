import * as assert from 'uvu/assert';

/** Compares long byte arrays without the quadratic difference listing of `assert.equal`; tells where they part. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array, what = 'bytes'): void {
  if (Buffer.compare(actual, expected) === 0) return;
  let at = 0;
  while (at < expected.length && actual[at] === expected[at]) at++;
  assert.unreachable(`${what}: ${actual.length} bytes against ${expected.length}, different from ${at} on (${actual[at]} against ${expected[at]})`);
}

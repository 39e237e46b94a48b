import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchesNumber } from '../../../firmware/calls/number-pattern.ts';

/** Pattern, number, whether it matches where a dot may stand for nothing, and where it stands for a sign at least. */
const table: readonly (readonly [string, string, boolean, boolean])[] = [
  ['30X', '301', true, true],
  ['30X', '30', false, false],
  ['30X', '3012', false, false],
  ['30X', '30*', false, false],
  ['[1-8]X', '85', true, true],
  ['[1-8]X', '95', false, false],
  ['[5]', '5', true, true],
  ['[5]', '6', false, false],
  ['[5]', '*', false, false],
  ['0[5]X.', '05912345', true, true],
  ['0[5]X.', '059', true, false],
  ['0[5]X.', '05', false, false],
  ['0.', '0*', true, true],
  ['0.', '0', true, false],
  ['*21', '*21', true, true],
  ['[', '[', true, true],
  ['.', '7', true, true],
  ['.', '', true, false],
  ['', '', true, true],
];

test('a sign is itself, X a digit, a class one of it; a final dot what its rule says', () => {
  for (const [pattern, number, ...fits] of table) assert.equal([matchesNumber(pattern, number, 0), matchesNumber(pattern, number, 1)], fits, `${pattern} ${number}`);
});

test.run();

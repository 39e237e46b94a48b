import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alawDecode, alawEncode, alawToUlaw, convertTable, silenceCode, toAlaw, toUlaw, ulawDecode, ulawEncode, ulawToAlaw } from '../../../hal/g711.ts';

/** Upper decision values of the 128 positive intervals and their output values, on the 16-bit scale, as G.711 tables 1 and 2 build them. */
function intervals(widths: readonly (readonly [count: number, width: number])[], output: (from: number, to: number) => number): { upTo: number; value: number }[] {
  const made: { upTo: number; value: number }[] = [];
  let from = 0;
  for (const [count, width] of widths) {
    for (let n = 0; n < count; n++) {
      made.push({ upTo: from + width, value: output(from, from + width) });
      from += width;
    }
  }
  return made;
}

const middle = (from: number, to: number): number => (from + to) / 2;
/** µ: the first interval is half as wide and has the value 0; each segment then has 16, the first one 15. */
const ulaw = intervals([[1, 4], [15, 8], [16, 16], [16, 32], [16, 64], [16, 128], [16, 256], [16, 512], [16, 1024]], (from, to) => (from === 0 ? 0 : middle(from, to)));
/** A: 32 intervals of the first width, then 16 of each. */
const alaw = intervals([[32, 16], [16, 32], [16, 64], [16, 128], [16, 256], [16, 512], [16, 1024]], middle);

function intervalOf(table: { upTo: number }[], magnitude: number): number {
  const found = table.findIndex(({ upTo }) => magnitude < upTo);
  return found < 0 ? table.length - 1 : found;
}

test('both laws have 128 intervals to a side', () => {
  assert.is(ulaw.length, 128);
  assert.is(alaw.length, 128);
  assert.is(ulaw[127]?.value, 32_124);
  assert.is(alaw[127]?.value, 32_256);
});

test('µ-law of all 65,536 inputs follows the decision values', () => {
  for (let sample = -32_768; sample < 32_768; sample++) {
    const interval = intervalOf(ulaw, Math.abs(sample));
    const expected = (sample < 0 ? 0x7f : 0xff) - interval;
    if (ulawEncode[sample + 32_768] !== expected || toUlaw(sample) !== expected) assert.unreachable(`µ-law of ${sample}: ${ulawEncode[sample + 32_768]}, expected ${expected}`);
  }
});

test('A-law of all 65,536 inputs follows the decision values', () => {
  for (let sample = -32_768; sample < 32_768; sample++) {
    const interval = intervalOf(alaw, sample < 0 ? -sample - 1 : sample); // the negative side begins below zero
    const expected = ((sample < 0 ? 0 : 0x80) | interval) ^ 0x55;
    if (alawEncode[sample + 32_768] !== expected || toAlaw(sample) !== expected) assert.unreachable(`A-law of ${sample}: ${alawEncode[sample + 32_768]}, expected ${expected}`);
  }
});

test('every code decodes to the middle of its interval', () => {
  for (let interval = 0; interval < 128; interval++) {
    assert.is(ulawDecode[0xff - interval], ulaw[interval]?.value);
    assert.is(Math.abs(ulawDecode[0x7f - interval] ?? NaN), ulaw[interval]?.value);
    assert.is(alawDecode[(0x80 | interval) ^ 0x55], alaw[interval]?.value);
    assert.is(alawDecode[interval ^ 0x55], -(alaw[interval]?.value ?? NaN));
  }
});

test('a code that is decoded and encoded comes back (µ-law keeps one zero only)', () => {
  for (let code = 0; code < 256; code++) {
    assert.is(ulawEncode[(ulawDecode[code] ?? 0) + 32_768], code === 0x7f ? 0xff : code);
    assert.is(alawEncode[(alawDecode[code] ?? 0) + 32_768], code);
  }
});

test('direct conversion picks the value nearest in the other law', () => {
  for (let code = 0; code < 256; code++) {
    const fromUlaw = ulawDecode[code] ?? 0;
    const errorToAlaw = Math.abs((alawDecode[ulawToAlaw[code] ?? 0] ?? 0) - fromUlaw);
    assert.ok(alawDecode.every((value) => Math.abs(value - fromUlaw) >= errorToAlaw || intervalOf(alaw, Math.abs(fromUlaw)) !== intervalOf(alaw, Math.abs(value))), `µ ${code}`);
    const fromAlaw = alawDecode[code] ?? 0;
    const errorToUlaw = Math.abs((ulawDecode[alawToUlaw[code] ?? 0] ?? 0) - fromAlaw);
    assert.ok(errorToUlaw <= (ulaw[intervalOf(ulaw, Math.abs(fromAlaw))]?.upTo ?? 0) / 16, `A ${code}`);
  }
});

test('a second trip through the other law changes nothing more', () => {
  for (let code = 0; code < 256; code++) {
    const once = alawToUlaw[ulawToAlaw[code] ?? 0] ?? 0;
    assert.is(alawToUlaw[ulawToAlaw[once] ?? 0], once);
  }
});

test('silence is the code of zero, and converting to the same law is the identity', () => {
  assert.is(silenceCode('PCMU'), toUlaw(0));
  assert.is(silenceCode('PCMA'), toAlaw(0));
  assert.equal([...convertTable('PCMA', 'PCMA')], Array.from({ length: 256 }, (_, code) => code));
  assert.is(convertTable('PCMU', 'PCMA'), ulawToAlaw);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DleDecoder, shield } from '../../../hal/drivers/v253/dle-codec.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

/** What came out: data as numbers, codes as characters. */
function decoder(): { heard: (number | string)[]; decoder: DleDecoder } {
  const heard: (number | string)[] = [];
  return { heard, decoder: new DleDecoder({ data: (byte) => void heard.push(byte), code: (code) => void heard.push(String.fromCharCode(code)) }) };
}

const decoded = (...reads: number[][]): (number | string)[] => {
  const { heard, decoder: one } = decoder();
  for (const read of reads) one.feed(Uint8Array.from(read));
  return heard;
};

test('a doubled DLE is a sample, SUB is two of them, anything else is a code', () => {
  assert.equal(decoded([1, 0x10, 0x10, 2]), [1, 0x10, 2]);
  assert.equal(decoded([0x10, 0x1a, 3]), [0x10, 0x10, 3]);
  assert.equal(decoded([9, 0x10, 0x35, 0x10, 0x03]), [9, '5', '\u0003']);
});

test('every byte after a DLE is a code of its own', () => {
  for (let code = 0; code < 256; code++) {
    if (code === 0x10 || code === 0x1a) continue;
    assert.equal(decoded([0x10, code, 7]), [String.fromCharCode(code), 7], `${code}`);
  }
});

test('a DLE at the end of a read waits for the next one', () => {
  assert.equal(decoded([5, 0x10], [0x10, 6]), [5, 0x10, 6]);
  assert.equal(decoded([0x10], [], [0x62]), ['b']);
});

test('a reset forgets half a code', () => {
  const { heard, decoder: one } = decoder();
  one.feed(Uint8Array.of(0x10));
  one.reset();
  one.feed(Uint8Array.of(0x62));
  assert.equal(heard, [0x62]);
});

test('any split of any stream gives the same', () => {
  const random = new SimRandom(253);
  for (let round = 0; round < 300; round++) {
    const stream = Array.from({ length: random.below(200) }, () => (random.chance(0.3) ? 0x10 : random.chance(0.2) ? 0x1a : random.below(256)));
    const reads: number[][] = [];
    for (let at = 0; at < stream.length; ) {
      const length = 1 + random.below(20);
      reads.push(stream.slice(at, at + length));
      at += length;
    }
    assert.equal(decoded(...reads), decoded(stream), `round ${round}`);
  }
});

test('what is shielded comes out as it went in', () => {
  const random = new SimRandom(254);
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from({ length: random.below(160) }, () => (random.chance(0.3) ? 0x10 : random.below(256)));
    const out = new Uint8Array(2 * bytes.length);
    const length = shield(bytes, bytes.length, out);
    assert.is(length, bytes.length + bytes.filter((byte) => byte === 0x10).length);
    assert.equal(decoded([...out.subarray(0, length)]), [...bytes]);
  }
});

test.run();

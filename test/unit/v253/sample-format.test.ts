import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesPerSample, lawOf, type SampleCoding, SampleFormat } from '../../../hal/drivers/v253/sample-format.ts';
import { alawToUlaw, decodeTable, silenceCode, ulawToAlaw } from '../../../hal/g711.ts';
import type { LineLaw } from '../../../hal/line.ts';

const codings: readonly SampleCoding[] = ['ulaw', 'alaw', 'linear16', 'unsigned8', 'signed8'];
const laws: readonly LineLaw[] = ['PCMU', 'PCMA'];

/** A frame to the modem's bytes and back. */
function there(format: SampleFormat, frame: Uint8Array): { bytes: Uint8Array; back: number[] } {
  const out = new Uint8Array(320);
  const bytes = out.subarray(0, format.bytes(frame, out));
  return { bytes, back: [...bytes].map((byte) => format.code(byte)).filter((code) => code >= 0) };
}

const frames = [0, 96].map((from) => Uint8Array.from({ length: 160 }, (_, at) => from + at));

test('a law that is the modem\'s own passes unchanged, and is the one that is chosen', () => {
  for (const [coding, law] of [['ulaw', 'PCMU'], ['alaw', 'PCMA']] as const) {
    for (const frame of frames) {
      const { bytes, back } = there(new SampleFormat(coding, law), frame);
      assert.equal([[...bytes], back], [[...frame], [...frame]]);
    }
    for (const wished of laws) assert.is(lawOf(coding, wished), law);
  }
  assert.is(lawOf('unsigned8', 'PCMA'), 'PCMA');
});

test('the other law goes by the tables of G.711', () => {
  for (const frame of frames) {
    assert.equal([...there(new SampleFormat('alaw', 'PCMU'), frame).bytes], [...frame].map((code) => ulawToAlaw[code]));
    assert.equal([...there(new SampleFormat('ulaw', 'PCMA'), frame).bytes], [...frame].map((code) => alawToUlaw[code]));
  }
});

test('sixteen bits lose nothing of either law but the sign of zero', () => {
  for (const law of laws) {
    for (const frame of frames) {
      const { bytes, back } = there(new SampleFormat('linear16', law), frame);
      assert.is(bytes.length, 320);
      assert.equal(back.map((code) => decodeTable(law)[code]), [...frame].map((code) => decodeTable(law)[code]));
    }
  }
});

test('eight linear bits keep every sample within their step, and silence is silence', () => {
  for (const coding of ['unsigned8', 'signed8'] as const) {
    for (const law of laws) {
      const format = new SampleFormat(coding, law);
      const table = decodeTable(law);
      for (const frame of frames) {
        const { back } = there(format, frame);
        back.forEach((code, at) => {
          const [meant = 0, got = 0] = [table[frame[at] ?? 0], table[code]];
          // Half a step of each: the eight bits', and the law's own at that level; at the top the byte ends before the law does.
          assert.ok(Math.abs(meant - got) <= 128 + Math.max(8, (Math.abs(meant) + 128) / 32) || meant > 127 * 256, `${coding} ${law} ${meant} ${got}`);
        });
      }
      const quiet = new Uint8Array(160).fill(silenceCode(law));
      assert.ok(there(format, quiet).back.every((code) => Math.abs(table[code] ?? 99) <= 8));
      assert.ok([...there(format, quiet).bytes].every((byte) => byte === (coding === 'signed8' ? 0 : 128)));
    }
  }
});

test('half a sample waits for the rest, and is forgotten when a stream begins', () => {
  const format = new SampleFormat('linear16', 'PCMU');
  assert.is(format.code(0x34), -1);
  const whole = format.code(0x12);
  assert.is(format.code(0x99), -1);
  format.restart();
  assert.is(format.code(0x34), -1);
  assert.is(format.code(0x12), whole);
  assert.equal(codings.map(bytesPerSample), [1, 1, 2, 1, 1]);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTable, encodeTable, silenceCode } from '../../../hal/g711.ts';
import { framePower, peakOf, powerOf } from '../../../firmware/media/level.ts';
import type { CodecName } from '../../../firmware/media/media-protocol.ts';
import { frameLevel } from '../../support/media/signals.ts';

function sine(codec: CodecName, peak: number, hz = 1000): Uint8Array {
  const encode = encodeTable(codec);
  return Uint8Array.from({ length: 800 }, (_, n) => encode[Math.round(peak * Math.sin((2 * Math.PI * hz * n) / 8000)) + 32_768] ?? 0);
}

for (const codec of ['PCMU', 'PCMA'] as const) {
  test(`${codec}: the digital milliwatt of G.711 table 5/6 reads 0 dBm0`, () => {
    const codes = codec === 'PCMU' ? [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e] : [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4];
    assert.ok(Math.abs(frameLevel(codec, Uint8Array.from(codes), 0, 8)) < 0.05, String(frameLevel(codec, Uint8Array.from(codes), 0, 8)));
  });

  test(`${codec}: levels from 0 to -45 dBm0 are right within 0.3 dB`, () => {
    for (let dbm0 = 0; dbm0 >= -45; dbm0 -= 5) {
      const level = frameLevel(codec, sine(codec, peakOf(dbm0), 1020), 0, 800);
      assert.ok(Math.abs(level - dbm0) < 0.3, `${dbm0}: ${level}`);
    }
  });

  test(`${codec}: silence is below every threshold anyone sets`, () => {
    const silence = new Uint8Array(160).fill(silenceCode(codec));
    assert.ok(frameLevel(codec, silence, 0, 160) <= -65);
    assert.ok(framePower(codec, silence, 0, 160) < powerOf(-60));
  });
}

test('only the named stretch counts', () => {
  const bytes = new Uint8Array(480).fill(silenceCode('PCMU'));
  bytes.set(sine('PCMU', 8000).subarray(0, 160), 160);
  assert.ok(frameLevel('PCMU', bytes, 0, 160) < -60);
  assert.ok(frameLevel('PCMU', bytes, 160, 160) > -15);
  assert.is(decodeTable('PCMU')[bytes[0] ?? 0], 0);
});

test.run();

// DTMF and call progress tones against libspandsp: each side hears what the other sounds.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DtmfDetector } from '../../firmware/media/dtmf-detector.ts';
import { DtmfGenerator } from '../../firmware/media/dtmf-generator.ts';
import { ulawDecode, ulawEncode } from '../../hal/g711.ts';
import { join, quiet, ulaw } from '../support/media/signals.ts';
import { played, tonesIn, zoneNamed } from '../support/media/tone-ear.ts';
import { loadSpandsp } from '../support/peers/spandsp.ts';
import { testWith } from '../support/skip.ts';

const { need, spandsp } = await loadSpandsp();
const all = '1234567890*#ABCD';

function heard(signal: Float64Array): string {
  const detector = new DtmfDetector();
  const codes = ulaw(join(signal, quiet(60)));
  let digits = '';
  for (let at = 0; at + 160 <= codes.length; at += 160) digits += detector.hear(codes.subarray(at, at + 160), 160, ulawDecode);
  return digits;
}

function sounded(digits: string, onMs: number, offMs: number): Float64Array {
  const generator = new DtmfGenerator();
  const out = new Uint8Array(digits.length * (onMs + offMs) * 8).fill(0xff);
  [...digits].forEach((digit, index) => {
    generator.begin(digit, onMs);
    generator.fill(out, index * (onMs + offMs) * 8, onMs * 8, ulawEncode);
  });
  return Float64Array.from(out, (code) => ulawDecode[code] ?? 0);
}

testWith([need], 'digits of spandsp are heard: 40 ms and longer, both directions of twist, -3 to -25 dBm0', () => {
  for (const [on, off] of [[40, 40], [50, 50], [70, 70], [100, 60]] as const) assert.is(heard(spandsp().sendDigits(all, -10, 0, on, off)), all, `${on} ms`);
  for (const twist of [-8, -4, 2, 4]) assert.is(heard(spandsp().sendDigits(all, -14, twist, 50, 50)), all, `twist of ${twist} dB`);
  for (const level of [-3, -15, -25]) assert.is(heard(spandsp().sendDigits(all, level, 0, 50, 50)), all, `${level} dBm0`);
});

testWith([need], 'digits of 20 ms of spandsp are not heard', () => {
  assert.is(heard(spandsp().sendDigits(all, -10, 0, 20, 60)), '');
});

testWith([need], 'spandsp hears our digits', () => {
  assert.is(spandsp().receiveDigits(sounded(all, 70, 70)), all);
  assert.is(spandsp().receiveDigits(sounded(all, 50, 50)), all);
});

testWith([need], 'tones of spandsp are heard as those of the zones', () => {
  const burst = (one: number, other: number, on: number, off: number): Float64Array => join(...Array.from({ length: 8 }, () => join(spandsp().makeTone(one, other, -15, on), quiet(off))));
  assert.equal(tonesIn('us', burst(480, 620, 500, 500)).map(({ tone }) => tone), ['busy']);
  assert.equal(tonesIn('us', burst(480, 620, 250, 250)).map(({ tone }) => tone), ['congestion']);
  assert.equal(tonesIn('us', burst(440, 480, 2000, 4000)).map(({ tone }) => tone), ['ringback']);
  assert.equal(tonesIn('de', burst(425, 0, 480, 480)).map(({ tone }) => tone), ['busy']);
  assert.equal(tonesIn('uk', spandsp().makeTone(350, 440, -15, 2000), true).map(({ tone }) => tone), ['dial']);
});

testWith([need], 'spandsp finds the tones that we give a telephone, and no others', () => {
  const busy = [[480, 620, 400, 600], [0, 0, 400, 600]] as const;
  const german = [[425, 0, 430, 530], [0, 0, 430, 530]] as const;
  assert.ok(spandsp().receiveTone(busy, played(zoneNamed('us').busy, 8000)) > 0);
  assert.ok(spandsp().receiveTone(german, played(zoneNamed('de').busy, 8000)) > 0);
  assert.is(spandsp().receiveTone(busy, played(zoneNamed('us').congestion, 8000)), 0);
  assert.is(spandsp().receiveTone(german, played(zoneNamed('us').busy, 8000)), 0);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DtmfDetector } from '../../../firmware/media/dtmf-detector.ts';
import { dtmfDigits, tonesOf } from '../../../firmware/media/dtmf-tones.ts';
import { ulawDecode } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { join, noise, quiet, sum, talk, tone, ulaw } from '../../support/media/signals.ts';

function heard(signal: Float64Array): string {
  const detector = new DtmfDetector();
  const codes = ulaw(signal);
  const frame = new Uint8Array(160);
  let digits = '';
  for (let at = 0; at < codes.length; at += 160) {
    frame.fill(0xff);
    frame.set(codes.subarray(at, at + 160));
    digits += detector.hear(frame, 160, ulawDecode);
  }
  return digits;
}

interface Press {
  readonly ms?: number;
  readonly row?: number;
  readonly column?: number;
  /** Frequency error, as a factor. */
  readonly off?: number;
}

function key(digit: string, { ms = 80, row = -10, column = -10, off = 1 }: Press = {}): Float64Array {
  const [low, high] = tonesOf(digit) ?? assert.unreachable(digit) ?? [0, 0];
  return sum(tone(low * off, row, ms), tone(high * off, column, ms));
}

/** A press at every offset against the blocks and frames. */
function atAllOffsets(press: Float64Array, check: (digits: string, offset: number) => void): void {
  for (let offset = 0; offset < 102; offset += 3) check(heard(join(new Float64Array(400 + offset), press, quiet(60))), offset);
}

test('every digit, 40 ms on and 40 ms off, at every offset', () => {
  for (const digit of dtmfDigits) atAllOffsets(key(digit, { ms: 40 }), (digits, offset) => assert.is(digits, digit, `${digit} at ${offset}`));
});

test('a fast sequence of 40 ms on, 40 ms off', () => {
  const sequence = '1234567890*#ABCD1122';
  assert.is(heard(join(...[...sequence].flatMap((digit) => [key(digit, { ms: 40 }), quiet(40)]))), sequence);
});

test('a long press is one digit', () => {
  assert.is(heard(join(quiet(30), key('5', { ms: 3000 }), quiet(100))), '5');
});

test('a break of 10 ms does not make two digits, one of 40 ms does', () => {
  for (const digit of dtmfDigits) {
    assert.is(heard(join(key(digit), quiet(10), key(digit), quiet(60))), digit);
    assert.is(heard(join(key(digit), quiet(40), key(digit), quiet(60))), digit + digit);
  }
});

test('tones of 20 ms are not heard', () => {
  for (const digit of dtmfDigits) atAllOffsets(key(digit, { ms: 20 }), (digits, offset) => assert.is(digits, '', `${digit} at ${offset}`));
});

test('levels from 0 to -27 dBm0 a tone are heard, -40 dBm0 is not', () => {
  for (const level of [-3, -10, -20, -27]) assert.is(heard(join(quiet(30), key('8', { row: level, column: level }), quiet(60))), '8', String(level));
  assert.is(heard(join(quiet(30), key('8', { row: -40, column: -40 }), quiet(60))), '');
});

test('twist: row 8 dB over column and column 4 dB over row are heard, 15 dB is not', () => {
  for (const digit of dtmfDigits) {
    assert.is(heard(join(quiet(30), key(digit, { row: -8, column: -16 }), quiet(60))), digit);
    assert.is(heard(join(quiet(30), key(digit, { row: -12, column: -8 }), quiet(60))), digit);
    assert.is(heard(join(quiet(30), key(digit, { row: -5, column: -20 }), quiet(60))), '');
    assert.is(heard(join(quiet(30), key(digit, { row: -20, column: -5 }), quiet(60))), '');
  }
});

test('1.5 % off frequency is heard, 3.5 % is not', () => {
  for (const digit of dtmfDigits) {
    for (const off of [0.985, 1.015]) assert.is(heard(join(quiet(30), key(digit, { off, ms: 60 }), quiet(60))), digit, `${digit} x ${off}`);
    for (const off of [0.965, 1.035]) assert.is(heard(join(quiet(30), key(digit, { off, ms: 60 }), quiet(60))), '', `${digit} x ${off}`);
  }
});

test('limits together: digits of 40 ms with twist of 8 and 4 dB, weak and strong; with 1.5 % off frequency and twist of 4 dB', () => {
  for (const digit of dtmfDigits) {
    for (const [row, column] of [[-4, -12], [-10, -6], [-17, -25], [-25, -21]] as const) {
      assert.is(heard(join(quiet(37), key(digit, { ms: 40, row, column }), quiet(60))), digit, `${digit} ${row} ${column}`);
    }
    for (const [row, column] of [[-8, -12], [-12, -8]] as const) {
      for (const off of [0.985, 1.015]) assert.is(heard(join(quiet(37), key(digit, { ms: 40, row, column, off }), quiet(60))), digit, `${digit} ${row} ${column} x ${off}`);
    }
  }
});

test('noise 15 dB below the tones does no harm', () => {
  const random = new SimRandom(4);
  const sequence = dtmfDigits.repeat(20);
  const pressed = join(...[...sequence].flatMap((digit) => [key(digit, { ms: 60 }), quiet(60)]));
  assert.is(heard(sum(pressed, noise(random, -22, pressed.length / 8))), sequence);
});

test('one tone alone, dial, busy and ringing tones are no digits', () => {
  for (const hz of [697, 770, 852, 941, 1209, 1336, 1477, 1633, 1000, 425]) assert.is(heard(tone(hz, -10, 500)), '', String(hz));
  for (const [one, other] of [[350, 440], [480, 620], [440, 480], [1400, 2060], [697, 941], [1209, 1477]] as const) {
    assert.is(heard(sum(tone(one, -13, 500), tone(other, -13, 500))), '', `${one} + ${other}`);
  }
});

test('a third tone as strong as the two is no digit', () => {
  assert.is(heard(sum(key('5', { ms: 300 }), tone(1050, -8, 300))), '');
  assert.is(heard(sum(key('5', { ms: 300 }), tone(852, -10, 300))), '');
});

test('talk-off: ten minutes of dense speech-like sound hold at most one false digit', () => {
  const random = new SimRandom(2024);
  let digits = '';
  for (let minute = 0; minute < 10; minute++) digits += heard(talk(random, 60_000));
  assert.ok(digits.length <= 1, digits); // Bellcore's tapes allow ten in this time
});

test('white noise holds no digit', () => {
  assert.is(heard(noise(new SimRandom(8), -15, 60_000)), '');
});

test('after a reset nothing of before is remembered', () => {
  const detector = new DtmfDetector();
  const codes = ulaw(key('1', { ms: 26 }));
  detector.hear(codes, codes.length, ulawDecode);
  detector.reset();
  assert.is(detector.hear(ulaw(key('1', { ms: 20 })), 160, ulawDecode), '');
});

test.run();

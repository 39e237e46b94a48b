import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ToneGenerator } from '../../../../firmware/media/detect/tone-generator.ts';
import { parseTone } from '../../../../firmware/media/detect/tone-notation.ts';
import { ulawDecode, ulawEncode } from '../../../../hal/g711.ts';
import { played } from '../../../support/media/tone-ear.ts';

/** Level in dBm0 of one frequency within x[from..from+ms). */
function levelOf(x: Float64Array, hz: number, fromMs: number, ms: number): number {
  let [real, imaginary] = [0, 0];
  for (let n = fromMs * 8; n < (fromMs + ms) * 8; n++) {
    real += (x[n] ?? 0) * Math.cos((2 * Math.PI * hz * n) / 8000);
    imaginary += (x[n] ?? 0) * Math.sin((2 * Math.PI * hz * n) / 8000);
  }
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / (ms * 8) / 22_650);
}

const near = (value: number, expected: number, within: number, what: string): void => assert.ok(Math.abs(value - expected) <= within, `${what}: ${value.toFixed(2)}`);

test('each tone has its share of the level, and nothing else sounds', () => {
  const x = played('480+620/500,0/500', 2000, -10);
  near(levelOf(x, 480, 100, 300), -13, 0.1, '480 Hz');
  near(levelOf(x, 620, 100, 300), -13, 0.1, '620 Hz');
  assert.ok(levelOf(x, 550, 100, 300) < -50);
});

test('cadence is exact to the sample: silence begins 4 ms after the segment ends', () => {
  const x = played('425/500,0/500', 60_000);
  for (const second of [0, 1, 59]) {
    assert.ok(x.subarray(second * 8000 + 4032, second * 8000 + 8000).every((value) => value === 0), `silence of second ${second}`);
    near(levelOf(x, 425, second * 1000 + 10, 480), -10, 0.1, `tone of second ${second}`);
  }
});

test('the phase runs on over frames, breaks and segments', () => {
  const x = played('425/100,0/60,425/100,425/100', 360);
  const fit = (fromMs: number): number => {
    let [real, imaginary] = [0, 0];
    for (let n = fromMs * 8; n < (fromMs + 80) * 8; n++) {
      real += (x[n] ?? 0) * Math.cos((2 * Math.PI * 425 * n) / 8000);
      imaginary += (x[n] ?? 0) * Math.sin((2 * Math.PI * 425 * n) / 8000);
    }
    return Math.atan2(imaginary, real);
  };
  near(fit(10), fit(170), 0.02, 'after a break');
  near(fit(10), fit(270), 0.02, 'in the next segment');
  for (let n = 264 * 8; n < 296 * 8; n++) assert.ok(Math.abs((x[n] ?? 0) - (x[n - 1] ?? 0)) < 3000, 'no step where two segments of one tone meet');
});

test('no edge is a click', () => {
  const x = played('2000/100,0/100', 1000);
  assert.ok(Math.abs(x[0] ?? 0) < 300 && Math.abs(x[800 + 32] ?? 0) === 0);
  for (let n = 800; n < 832; n++) assert.ok(Math.abs(x[n] ?? 0) < 10_000 * (1 - (n - 800) / 33), `sample ${n}`);
});

test('a swinging tone falls to nothing and rises again', () => {
  const x = played('400*16', 1000, -10);
  const levels = Array.from({ length: 90 }, (_, step) => Math.max(...x.subarray((step + 5) * 80, (step + 6) * 80).map(Math.abs)));
  assert.ok(Math.max(...levels) > 6500 && Math.min(...levels) < 700);
  const falls = levels.filter((level, index) => level < 3500 && (levels[index - 1] ?? 0) >= 3500).length;
  assert.ok(falls >= 13 && falls <= 15, String(falls));
});

test('what sounds once is over, and is silence from then on', () => {
  const generator = new ToneGenerator();
  const out = new Uint8Array(160).fill(1);
  generator.begin(parseTone('!950/50'));
  for (let frame = 0; frame < 4; frame++) generator.fill(out, 0, 160, ulawEncode);
  assert.ok(generator.done);
  assert.ok(out.every((code) => ulawDecode[code] === 0));
  generator.begin(parseTone('425'));
  assert.not.ok(generator.done);
  generator.stop();
  assert.ok(generator.done);
});

test('loud tones keep within the code', () => {
  assert.ok(played('480+620', 2000, 6).every((value) => Math.abs(value) <= 32_768));
});

test.run();

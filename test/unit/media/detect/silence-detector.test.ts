import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SilenceDetector } from '../../../../firmware/media/detect/silence-detector.ts';
import { quiet, join, tone, ulaw } from '../../../support/media/signals.ts';

function toldAt(signal: Float64Array, belowDbm0: number, ms: number): number[] {
  const detector = new SilenceDetector(belowDbm0, ms);
  const codes = ulaw(signal);
  const told: number[] = [];
  for (let at = 0; at + 160 <= codes.length; at += 160) if (detector.hear('PCMU', codes.subarray(at, at + 160), 160)) told.push((at + 160) / 8);
  return told;
}

test('silence is told when it has lasted, and again after each such time', () => {
  assert.equal(toldAt(join(tone(440, -20, 1000), quiet(7000)), -42, 3000), [4000, 7000]);
});

test('a sound above the level begins the time anew, one below does not', () => {
  assert.equal(toldAt(join(quiet(2900), tone(440, -30, 100), quiet(2900)), -42, 3000), []);
  assert.equal(toldAt(join(quiet(2900), tone(440, -50, 100), quiet(2900)), -42, 3000), [3000]);
});

test('after a reset the time begins anew', () => {
  const detector = new SilenceDetector(-42, 100);
  const frame = new Uint8Array(160).fill(0xff);
  for (let n = 0; n < 4; n++) detector.hear('PCMU', frame, 160);
  assert.is(detector.silentMs, 80);
  detector.reset();
  assert.is(detector.silentMs, 0);
});

test.run();

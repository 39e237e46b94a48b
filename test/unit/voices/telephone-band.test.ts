import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { telephoneBandOf } from '../../../board/voices/condition.ts';
import { toPhoneRate } from '../../../board/voices/resample.ts';
import { bandPower, decibels, noise, powerSpectrum, rms, sine } from './signals.ts';

const rates = [8000, 11_025, 16_000, 22_050, 44_100, 48_000];

/** The settled middle of a filtered signal. */
const middle = (samples: Float64Array): Float64Array => samples.subarray(samples.length * 0.3, samples.length * 0.7);

const gainAt = (rate: number, hz: number): number => decibels(rms(middle(telephoneBandOf(sine(rate, hz, 400)))) / (8000 / Math.SQRT2));

for (const rate of rates) {
  test(`from ${rate} Hz the telephone band passes level`, () => {
    for (const hz of [320, 500, 1000, 2000, 3000, 3380]) assert.ok(Math.abs(gainAt(rate, hz)) < 0.5, `${hz} Hz: ${gainAt(rate, hz)} dB`);
  });

  test(`from ${rate} Hz nothing passes beside the telephone band`, () => {
    for (const hz of [50, 100, 140, 3600, 3900]) assert.ok(gainAt(rate, hz) < -50, `${hz} Hz: ${gainAt(rate, hz)} dB`);
  });

  test(`white noise at ${rate} Hz has nothing above 3.6 kHz left`, () => {
    const spectrum = powerSpectrum(telephoneBandOf(noise(rate, 600)));
    const ratio = bandPower(spectrum, 3600, 4000) / bandPower(spectrum, 300, 3400);
    assert.ok(10 * Math.log10(ratio) < -30, `${10 * Math.log10(ratio)} dB`);
  });
}

test('the measure of bands itself: a tone is in its band', () => {
  for (const hz of [500, 1500, 3700]) {
    const spectrum = powerSpectrum(sine(8000, hz, 500).samples);
    assert.ok(bandPower(spectrum, hz - 100, hz + 100) / bandPower(spectrum, 0, 4000) > 0.999, `${hz} Hz`);
  }
});

test('what lies above 4 kHz does not fold back', () => {
  for (const rate of [16_000, 22_050, 48_000]) {
    for (let hz = 4050; hz < rate / 2; hz += 275) assert.ok(gainAt(rate, hz) < -50, `${hz} Hz at ${rate}: ${gainAt(rate, hz)} dB`);
  }
});

test('resampling keeps time: a click stays where it was', () => {
  for (const rate of [16_000, 22_050, 44_100]) {
    const samples = new Float64Array(rate);
    samples[Math.round(rate * 0.4)] = 10_000;
    const at8k = toPhoneRate({ rate, samples });
    assert.is(at8k.length, 8000);
    assert.is(at8k.indexOf(Math.max(...at8k)), 3200);
  }
});

test('a resampled sine is the sine', () => {
  const at8k = toPhoneRate(sine(22_050, 1000, 500));
  const wanted = sine(8000, 1000, 500).samples;
  for (let at = 200; at < at8k.length - 200; at++) assert.ok(Math.abs((at8k[at] ?? 0) - (wanted[at] ?? 0)) < 16, `sample ${at}`);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { condition, peakLimit, targetDbm0 } from '../../../board/voices/condition.ts';
import { paddingFor } from '../../../board/voices/padding.ts';
import { activeRms, rmsOf } from '../../../board/voices/speech-level.ts';
import { decibels, joined, noise, rms, silence, sine } from './signals.ts';

const padding = { leadMs: 30, tailMs: 100 };

test('a voice of any loudness comes out at the level asked for', () => {
  for (const peak of [120, 400, 4000, 32_000]) {
    const samples = condition(sine(16_000, 800, 600, peak), padding);
    assert.ok(Math.abs(decibels(rms(samples.subarray(400, 4400)) / rmsOf(targetDbm0))) < 0.2, `peak ${peak}`);
  }
});

test('pauses do not count as speech', () => {
  const talk = sine(8000, 700, 300);
  const level = activeRms(joined(talk, silence(8000, 2000), talk, noise(8000, 2000, 20), talk).samples);
  assert.ok(Math.abs(decibels(level / rms(talk.samples))) < 0.3);
});

test('silence at the ends is cut to the padding', () => {
  const samples = condition(joined(silence(16_000, 700), sine(16_000, 1000, 500), silence(16_000, 900)), padding);
  const ms = samples.length / 8;
  assert.ok(Math.abs(ms - (500 + padding.leadMs + padding.tailMs)) <= 20, `${ms} ms`);
  assert.ok(rms(samples.subarray(-60 * 8)) < 2, 'the tail is silent');
  assert.ok(rms(samples.subarray(0, 15 * 8)) < 2, 'the lead is silent');
});

test('padding is made where there is no silence to keep', () => {
  const ms = condition(sine(8000, 1000, 500), padding).length / 8;
  assert.ok(Math.abs(ms - 630) <= 20, `${ms} ms`);
});

test('pauses inside are kept', () => {
  const word = sine(8000, 1000, 200);
  const ms = condition(joined(word, silence(8000, 400), word), { leadMs: 0, tailMs: 0 }).length / 8;
  assert.ok(Math.abs(ms - 800) <= 20, `${ms} ms`);
});

test('weak sounds at the ends are speech', () => {
  const ms = condition(joined(noise(8000, 100, 150), sine(8000, 500, 300), noise(8000, 100, 150)), { leadMs: 0, tailMs: 0 }).length / 8;
  assert.ok(Math.abs(ms - 500) <= 20, `${ms} ms`);
});

test('a voice with high peaks stays below the limit', () => {
  const clicks = sine(8000, 1000, 1000, 300);
  for (let at = 2000; at < clicks.samples.length; at += 4000) clicks.samples.fill(32_000, at, at + 4);
  const highest = condition(clicks, padding).reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
  assert.ok(highest <= peakLimit && highest > peakLimit * 0.9, `${highest}`);
});

test('the ends do not click', () => {
  const samples = condition(sine(8000, 1000, 500), { leadMs: 0, tailMs: 0 });
  assert.ok(Math.abs(samples[0] ?? 0) < 100);
  assert.ok(Math.abs(samples.at(-1) ?? 0) < 100);
});

test('what cannot be heard gives nothing', () => {
  assert.is(condition(silence(16_000, 500), padding).length, 0);
  assert.is(condition(silence(16_000, 0), padding).length, 0);
  assert.is(condition(noise(16_000, 500, 40), padding).length, 0);
});

test('sentences breathe, fragments and numbers are close', () => {
  const tails = [paddingFor('leave.sent', 'Sent.'), paddingFor('collect.from', 'from'), paddingFor('number.3', 'three')].map(({ tailMs }) => tailMs);
  assert.equal(tails, [...tails].sort((a, b) => b - a));
  assert.is(new Set(tails).size, 3);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowProgress } from '../../../firmware/calls/flow-progress.ts';
import type { FlowEffect, FlowInput } from '../../../firmware/callflow/flow.ts';
import { say } from '../../../firmware/callflow/phrase.ts';
import type { MonotonicMs } from '../../../hal/clock.ts';

const at = (ms: number): MonotonicMs => ms as MonotonicMs;
const play: FlowEffect = { type: 'play', phrases: say('leave.sent'), bargeIn: false };
const menu: FlowEffect = { type: 'play', phrases: say('collect.main-help'), bargeIn: true };
const record: FlowEffect = { type: 'record', maxMs: 60_000, silenceMs: 7000, stopDigits: '#' };
const timer: FlowEffect = { type: 'timer', name: 'patience', ms: 10_000 };

/** What is to be asked for anew at 1 s, after these effects and inputs at 0. */
function left(...happened: readonly (FlowEffect | { readonly input: FlowInput })[]): readonly FlowEffect[] {
  const progress = new FlowProgress();
  for (const one of happened) 'input' in one ? progress.happened(one.input) : progress.asked(one, at(0));
  return progress.effects(at(1000));
}

test('what plays, records and waits is asked for anew, a wait for what is left of it', () => {
  assert.equal(left(record, play, timer), [record, play, { ...timer, ms: 9000 }]);
});

test('what is done is not asked for again', () => {
  assert.equal(left(play, { input: { type: 'played' } }), []);
  assert.equal(left(play, { input: { type: 'unplayable' } }), []);
  assert.equal(left(play, { type: 'stop-play' }), []);
  assert.equal(left(timer, { input: { type: 'timer', name: 'patience' } }), []);
  assert.equal(left(timer, { type: 'cancel-timer', name: 'patience' }), []);
  assert.equal(left(record, { input: { type: 'recorded', end: 'digit', recordedMs: 1, trailingSilenceMs: 0 } }), []);
});

test('a digit silences what may be silenced, and nothing else', () => {
  assert.equal(left(menu, { input: { type: 'digit', digit: '1' } }), []);
  assert.equal(left(play, { input: { type: 'digit', digit: '1' } }), [play]);
});

test('a recording that is being stopped is stopped there too, since its end is waited for', () => {
  assert.equal(left(record, { type: 'stop-record' }), [record, { type: 'stop-record' }]);
});

const tone: FlowEffect = { type: 'play', phrases: [{ beep: true }], bargeIn: false, then: { maxMs: 60_000, silenceMs: 7000, stopDigits: '#' } };

test('a recording that follows a tone is a recording when the tone was heard, and its end is waited for when it was not', () => {
  const { then: _, ...bare } = tone;
  assert.equal(left(tone), [tone]);
  assert.equal(left(tone, { input: { type: 'played' } }), [record]);
  assert.equal(left(tone, { type: 'stop-record' }), [record, { type: 'stop-record' }, bare]);
  assert.equal(left(tone, { type: 'stop-record' }, { input: { type: 'played' } }), [record, { type: 'stop-record' }]);
  assert.equal(left(tone, { type: 'stop-play' }), [record, { type: 'stop-record' }]);
  assert.equal(left(tone, menu), [record, { type: 'stop-record' }, menu]);
  assert.equal(left(tone, { type: 'stop-play' }, { input: { type: 'recorded', end: 'stopped', recordedMs: 0, trailingSilenceMs: 0 } }), []);
});

test('each effect on the store is under way until its answer', () => {
  const open: FlowEffect = { type: 'open-message' };
  assert.equal(left(open), [open]);
  assert.equal(left(open, { input: { type: 'opened', ok: true } }), []);
  assert.equal(left(open, { input: { type: 'store-failed' } }), [open], 'store-failed answers nothing');
  assert.equal(left({ type: 'admit' }, { input: { type: 'admitted', admission: 'ok' } }), []);
});

test('how much was heard counts what was moved forward and back, and what another unit played', () => {
  const progress = new FlowProgress();
  assert.is(progress.playedMs(at(500)), 0);
  progress.asked(play, at(0), 2000);
  assert.is(progress.playedMs(at(1000)), 3000);
  progress.asked({ type: 'seek', deltaMs: 5000 }, at(1000));
  assert.is(progress.playedMs(at(1500)), 8500);
  progress.asked({ type: 'seek', deltaMs: -20_000 }, at(1500));
  assert.is(progress.playedMs(at(1500)), 0, 'not before the beginning');
});

test.run();

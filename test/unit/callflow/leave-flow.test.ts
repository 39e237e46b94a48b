import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowInput } from '../../../firmware/callflow/flow.ts';
import { leaveFlow } from '../../../firmware/callflow/leave-flow.ts';
import type { Admission } from '../../../firmware/mailbox/message.ts';
import { FlowProbe } from '../../support/flow-probe.ts';

const context = { mailbox: '201', reason: 'busy', mayLogIn: true, minMs: 2000, maxMs: 120_000, silenceMs: 7000 } as const;
const probe = () => new FlowProbe(leaveFlow(context));
const start: FlowInput = { type: 'start' };
const admitted = (admission: Admission = 'ok'): FlowInput => ({ type: 'admitted', admission });
const opened: FlowInput = { type: 'opened', ok: true };
const played: FlowInput = { type: 'played' };
const gone: FlowInput = { type: 'hung-up' };
const stored: FlowInput = { type: 'stored', ok: true };
const recorded = (recordedMs: number, end: 'digit' | 'silence' | 'max' | 'stopped' = 'digit', trailingSilenceMs = 0): FlowInput => ({ type: 'recorded', end, recordedMs, trailingSilenceMs });
const recording = () => probe().feed(start, admitted(), played, opened, played);

test('a caller hears the greeting, the beep, speaks, presses hash, and is told that it was sent', () => {
  const call = probe().feed(start);
  assert.equal(call.asked(), ['admit']);
  call.feed(admitted());
  const greeting = call.effect('play').phrases[0];
  assert.ok(greeting !== undefined && 'greetingOf' in greeting);
  assert.equal(greeting.greetingOf, '201');
  assert.equal(greeting.orElse.map((phrase) => ('say' in phrase ? phrase.say : null)), ['greeting.mailbox', null, null, 'greeting.busy', 'greeting.leave-message']);
  assert.equal(call.feed(played).asked(), ['open-message']);
  assert.equal(call.feed(opened).effect('play'), { type: 'play', phrases: [{ beep: true }], bargeIn: false, then: { maxMs: 120_000, silenceMs: 7000, stopDigits: '#' } });
  assert.equal(call.feed(played).asked(), [], 'it is being recorded');
  assert.equal(call.feed(recorded(5000)).effect('finish-message'), { type: 'finish-message', reason: 'digit', keepMs: 5000 });
  assert.equal(call.feed(stored).said(), ['leave.sent', 'goodbye']);
  assert.equal(call.feed(played).asked(), ['hang-up', 'done']);
});

test('the busy tone that ended the call is cut off the message, and is no message by itself', () => {
  const call = recording().feed({ type: 'hung-up', trailingToneMs: 3300 });
  assert.equal(call.asked(), ['stop-record']);
  assert.equal(call.feed(recorded(10_000, 'stopped')).effect('finish-message'), { type: 'finish-message', reason: 'hang-up', keepMs: 6700 });
  assert.equal(recording().feed({ type: 'hung-up', trailingToneMs: 3300 }, recorded(4000, 'stopped')).asked(), ['abandon-message']);
  assert.equal(recording().feed({ type: 'hung-up', trailingToneMs: 3300 }, recorded(1000, 'stopped')).asked(), ['abandon-message']);
});

test('keys 1 and hash skip the greeting; other keys do not', () => {
  for (const key of ['1', '#']) assert.equal(probe().feed(start, admitted()).keys(key).asked(), ['stop-play', 'open-message']);
  for (const key of ['2', '*', 'A']) assert.equal(probe().feed(start, admitted()).keys(key).asked(), []);
});

test('key 8 in the greeting logs the owner in', () => {
  assert.equal(probe().feed(start, admitted()).keys('8').effect('become-collect').mailbox, '201');
});

test('key 8 means nothing where the mailbox is collected elsewhere', () => {
  assert.equal(new FlowProbe(leaveFlow({ ...context, mayLogIn: false })).feed(start, admitted()).keys('8').asked(), []);
});

test('a full or unknown mailbox is said before any beep', () => {
  const table: [Admission, string][] = [['mailbox-full', 'leave.full'], ['store-full', 'leave.full'], ['store-failed', 'leave.store-failed'], ['no-such-mailbox', 'leave.no-mailbox']];
  for (const [admission, prompt] of table) {
    const call = probe().feed(start, admitted(admission));
    assert.equal(call.said(), [prompt]);
    assert.equal(call.feed(played).asked(), ['hang-up', 'done']);
  }
});

test('a message that ends in silence keeps half a second of it', () => {
  assert.is(recording().feed(recorded(17_000, 'silence', 7000)).effect('finish-message').keepMs, 10_500);
});

test('a message that is only silence is dropped and the caller asked again, at most twice', () => {
  const call = recording();
  for (let round = 0; round < 2; round++) {
    assert.equal(call.feed(recorded(8000, 'silence', 7000)).asked(), ['abandon-message']);
    assert.equal(call.feed(stored).said(), ['leave.too-short']);
    assert.equal(call.feed(played).asked(), ['open-message']);
    call.feed(opened, played);
  }
  assert.equal(call.feed(recorded(100), stored).said(), ['leave.too-short', 'goodbye']);
});

test('a caller who hangs up while recording leaves what was said', () => {
  const call = recording().feed(gone);
  assert.equal(call.asked(), ['stop-record']);
  assert.equal(call.feed(recorded(3000, 'stopped')).effect('finish-message').reason, 'hang-up');
  assert.equal(call.feed(stored).asked(), ['stop-play', 'done']);
});

test('a caller who hangs up at once, while the file opens, or during the beep leaves nothing', () => {
  assert.equal(recording().feed(gone, recorded(300, 'stopped')).asked(), ['abandon-message']);
  assert.equal(probe().feed(start, admitted(), played, gone, opened).asked(), ['abandon-message']);
  assert.equal(probe().feed(start, admitted(), played, opened, gone).asked(), ['stop-record']);
  assert.equal(probe().feed(start, admitted(), played, opened, gone, recorded(0, 'stopped')).asked(), ['abandon-message']);
  assert.equal(probe().feed(start, admitted(), gone).asked(), ['stop-play', 'done']);
});

test('a caller who spoke and is gone before the end of the tone is known leaves what was said', () => {
  const call = probe().feed(start, admitted(), played, opened, gone, played);
  assert.equal(call.feed(recorded(3000, 'stopped')).effect('finish-message'), { type: 'finish-message', reason: 'hang-up', keepMs: 3000 });
  assert.equal(call.feed(stored).asked(), ['stop-play', 'done']);
});

test('where a unit of an older version gave the tone, recording is asked for after it', () => {
  const call = probe();
  call.state = { name: 'beep', retries: 0 };
  assert.equal(call.feed(played).effect('record'), { type: 'record', maxMs: 120_000, silenceMs: 7000, stopDigits: '#' });
  call.state = { name: 'beep', retries: 0 };
  assert.equal(call.feed(gone).asked(), ['abandon-message']);
});

test('a store that fails while recording ends it and says what was saved', () => {
  const call = recording().feed({ type: 'store-failed' });
  assert.equal(call.asked(), ['stop-record']);
  assert.equal(call.feed(recorded(4000, 'stopped')).effect('finish-message').reason, 'store-failed');
  assert.equal(call.feed(stored).said(), ['leave.saved-so-far', 'goodbye']);
});

test('a mailbox that takes no messages says so', () => {
  assert.equal(probe().feed(start, admitted('closed')).said(), ['leave.full']);
});

test('a greeting that loops is heard again and again, records nothing, and ends by itself', () => {
  const call = probe().feed(start, admitted('announcement'));
  for (let again = 0; again < 19; again++) assert.equal(call.feed(played).asked(), ['play']);
  assert.equal(call.feed(played).said(), ['goodbye']);
  assert.equal(call.feed(played).asked(), ['hang-up', 'done']);
  const other = probe().feed(start, admitted('announcement'), { type: 'digit', digit: '1' });
  assert.equal(other.asked(), []);
  assert.equal(other.feed({ type: 'digit', digit: '8' }).asked(), ['stop-play', 'become-collect']);
  assert.equal(probe().feed(start, admitted('announcement'), played, gone).asked(), ['stop-play', 'done']);
});

test('nothing is called sent that could not be stored', () => {
  assert.equal(recording().feed(recorded(4000), { type: 'stored', ok: false }).said(), ['leave.store-failed']);
});

test('every state takes every input and hang-up always leads to done', () => {
  const inputs: FlowInput[] = [start, admitted(), played, gone, opened, stored, recorded(5000), { type: 'digit', digit: '5' }, { type: 'store-failed' }, { type: 'timer', name: 'x' }, { type: 'unplayable' }];
  const paths: FlowInput[][] = [[], [start], [start, admitted()], [start, admitted(), played], [start, admitted(), played, opened], [start, admitted(), played, opened, played], [start, admitted(), played, opened, played, recorded(5000)], [start, admitted(), played, opened, played, recorded(5)], [start, admitted('mailbox-full')]];
  for (const path of paths) {
    for (const input of inputs) assert.ok(probe().feed(...path, input).state.name);
    if (path.length === 0) continue;
    const rest = probe().feed(...path, gone);
    const asked = new Set(rest.asked());
    for (const answer of [opened, recorded(5000, 'stopped'), stored]) rest.feed(answer).asked().forEach((one) => asked.add(one));
    assert.ok(asked.has('done'), `done after hang-up in ${path.length} steps`);
  }
});

test.run();

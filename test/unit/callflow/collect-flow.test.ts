import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WallMs } from '../../../hal/clock.ts';
import { collectFlow } from '../../../firmware/callflow/collect/collect-flow.ts';
import type { Inside } from '../../../firmware/callflow/collect/collect-state.ts';
import type { Frame } from '../../../firmware/callflow/collect/frames.ts';
import type { RecordingFrame } from '../../../firmware/callflow/collect/recording.ts';
import type { FlowInput, LoginOutcome } from '../../../firmware/callflow/flow.ts';
import type { Message, MessageState } from '../../../firmware/mailbox/message.ts';
import { FlowProbe } from '../../support/flow-probe.ts';

const context = { ownMailbox: null, knownMailbox: null, triesPerCall: 3, maxGreetingMs: 60_000 };
const message = (id: string, state: MessageState = 'new', interrupted = false): Message => ({
  id, mailbox: '201', callerNumber: '301', callerName: '', startedMs: 0 as WallMs, reason: 'default', codec: 'PCMU', durationMs: 9000, bytes: 72_000, state, interrupted, lostPackets: 0,
});
const start: FlowInput = { type: 'start' };
const played: FlowInput = { type: 'played' };
const gone: FlowInput = { type: 'hung-up' };
const patience: FlowInput = { type: 'timer', name: 'patience' };
const marked: FlowInput = { type: 'marked', ok: true };
const stored: FlowInput = { type: 'stored', ok: true };
const opened: FlowInput = { type: 'opened', ok: true };
const loggedIn = (outcome: LoginOutcome = 'ok'): FlowInput => ({ type: 'logged-in', outcome, mailbox: '201' });
const listed = (...messages: Message[]): FlowInput => ({ type: 'listed', listing: { counts: { new: messages.length, old: 1, saved: 0 }, messages } });
const nothing: FlowInput = { type: 'listed', listing: { counts: { new: 0, old: 0, saved: 0 }, messages: [] } };
const recorded = (recordedMs: number): FlowInput => ({ type: 'recorded', end: 'digit', recordedMs, trailingSilenceMs: 0 });

const probe = (over: Partial<typeof context> | { ownMailbox: string } | { knownMailbox: string } = {}) => new FlowProbe(collectFlow({ ...context, ...over }));
const inside = (...messages: Message[]) => probe().feed(start).keys('201#4711#').feed(loggedIn(), listed(...messages));
/** In the body of the first of two messages. */
const hearing = () => inside(message('a'), message('b')).feed(played, played);
const withoutArmed = ({ armed: _, ...frame }: RecordingFrame): Frame => frame;
const atMain = () => probe().feed(start).keys('201#4711#').feed(loggedIn(), nothing, played);

test('mailbox and PIN are asked for, checked, and the new messages start by themselves', () => {
  const call = probe().feed(start);
  assert.equal(call.said(), ['collect.welcome', 'collect.enter-mailbox']);
  assert.equal(call.keys('201#').said(), ['collect.enter-pin']);
  const login = call.keys('4711#').effect('login');
  assert.equal([login.mailbox, login.pin], ['201', '4711']);
  assert.equal(call.feed(loggedIn()).effect('list'), { type: 'list', mailbox: '201', category: 'new' });
  assert.equal(call.feed(listed(message('a'))).said(), ['collect.you-have', 'count', 'collect.and', 'count']);
  assert.equal(call.feed(played).said(), ['collect.message', 'number', 'pauseMs', 'collect.received', 'dateTime', 'pauseMs', 'collect.from', 'digits', 'pauseMs']);
  assert.equal(call.feed(played).effect('play').phrases, [{ message: { mailbox: '201', id: 'a' } }]);
  assert.equal(call.feed(played).effect('mark'), { type: 'mark', mailbox: '201', id: 'a', state: 'old' });
});

test('hash alone takes the own mailbox; a log-in from the greeting asks only for the PIN', () => {
  assert.is(probe({ ownMailbox: '205' }).feed(start).keys('#4711#').effect('login').mailbox, '205');
  assert.is(probe({ knownMailbox: '203' }).feed(start).keys('4711#').effect('login').mailbox, '203');
});

test('a pause after the last digit counts as hash; star starts the entry again', () => {
  assert.equal(probe().feed(start).keys('201').feed(patience).said(), ['collect.enter-pin']);
  assert.is(probe().feed(start).keys('201#12*4711#').effect('login').pin, '4711');
});

test('three wrong log-ins end the call with the same words for mailbox and PIN', () => {
  const call = probe().feed(start);
  for (let tries = 1; tries <= 2; tries++) assert.is(call.keys('201#0000#').feed(loggedIn('wrong')).said()[0], 'collect.wrong');
  assert.equal(call.keys('201#0000#').feed(loggedIn('wrong')).said(), ['collect.wrong', 'goodbye']);
  assert.equal(call.feed(played).asked(), ['hang-up', 'done']);
});

test('a locked mailbox and one without PIN are said and end the call', () => {
  assert.equal(probe().feed(start).keys('201#1#').feed(loggedIn('locked')).said(), ['collect.locked', 'goodbye']);
  assert.equal(probe().feed(start).keys('201#1#').feed(loggedIn('no-pin')).said(), ['collect.no-pin', 'goodbye']);
});

test('nobody answering is asked three times, then let go', () => {
  const call = probe().feed(start, played, patience);
  assert.equal(call.said(), ['collect.enter-mailbox']);
  assert.equal(call.feed(played, patience, played, patience).said(), ['goodbye']);
});

test('delete and save are said only when durable, then the next message comes', () => {
  for (const [key, state, prompt] of [['4', 'deleted', 'collect.deleted'], ['5', 'saved', 'collect.saved']] as const) {
    const call = hearing().keys(key);
    assert.is(call.effect('mark').state, state);
    assert.equal(call.said(), []);
    assert.equal(call.feed(marked).said(), [prompt]);
    assert.is(call.feed(played).said()[0], 'collect.message');
    assert.equal(call.feed(played).effect('play').phrases, [{ message: { mailbox: '201', id: 'b' } }]);
  }
});

test('a change that cannot be stored is not called done', () => {
  assert.equal(hearing().keys('4').feed({ type: 'marked', ok: false }).said(), ['try-later', 'goodbye']);
});

test('skip marks a begun message old, one skipped in its envelope stays new', () => {
  assert.is(hearing().keys('9').effect('mark').state, 'old');
  assert.is(hearing().keys('9').feed(marked).said()[0], 'collect.message');
  const envelope = inside(message('a'), message('b')).feed(played).keys('9');
  assert.not(envelope.asked().includes('mark'));
  assert.is(envelope.said()[0], 'collect.message');
});

test('hash goes 5 s forward and star 5 s back while the body sounds', () => {
  assert.is(hearing().keys('#').effect('seek').deltaMs, 5000);
  assert.is(hearing().keys('*').effect('seek').deltaMs, -5000);
});

test('star after the end plays the last 5 s again; hash goes on to the next', () => {
  const ended = () => hearing().feed(played, marked);
  const again = ended().keys('*');
  assert.equal(again.effect('play').phrases, [{ message: { mailbox: '201', id: 'a' } }]);
  assert.is(again.effect('seek').deltaMs, 4000);
  assert.is(ended().keys('#').said()[0], 'collect.message');
});

test('repeat begins at the envelope, help explains and goes back to the message', () => {
  assert.is(hearing().keys('7').said()[0], 'collect.message');
  assert.equal(hearing().keys('8').said(), ['collect.message-help']);
  assert.equal(hearing().keys('8').feed(played).effect('play').phrases, [{ message: { mailbox: '201', id: 'a' } }]);
  assert.is(hearing().keys('8#').asked().includes('seek'), false);
});

test('after the last message comes the main menu; a pause after a body leads on', () => {
  const call = inside(message('a')).feed(played, played, played, marked);
  assert.is(call.effect('timer').ms, 3000);
  assert.equal(call.feed(patience).said(), ['collect.end', 'collect.main-help']);
});

test('a damaged message is told and never blocks the next', () => {
  const call = hearing().feed({ type: 'unplayable' });
  assert.equal(call.said(), ['collect.damaged']);
  assert.is(call.feed(played).said()[0], 'collect.message');
});

test('an interrupted message says so', () => {
  assert.ok(inside(message('a', 'new', true)).feed(played).said().includes('collect.interrupted'));
});

test('old and saved messages are listed by their keys, from the menu and while listening', () => {
  assert.is(atMain().keys('1').effect('list').category, 'old');
  assert.is(atMain().keys('2').effect('list').category, 'saved');
  assert.is(hearing().keys('2').feed(marked).effect('list').category, 'saved');
});

test('zero calls it a day', () => {
  assert.equal(atMain().keys('0').said(), ['goodbye']);
  assert.equal(hearing().keys('0').feed(marked).said(), ['goodbye']);
});

test('a greeting is recorded, heard, and in force once saved', () => {
  const call = atMain().keys('3');
  assert.equal(call.said(), ['menu.greeting-help']);
  assert.is(call.keys('2').effect('open-greeting').mailbox, '201');
  assert.equal(call.feed(opened).said(), ['menu.greeting-record', 'beep']);
  assert.is(call.effect('play').then?.stopDigits, '#');
  assert.is(call.feed(played, recorded(4000)).effect('finish-greeting').keepMs, 4000);
  call.feed(stored);
  assert.is(call.keys('1').said()[0], 'pendingGreeting');
  assert.equal(call.keys('3').asked(), ['cancel-timer', 'commit-greeting']);
  assert.is(call.feed(stored).said()[0], 'menu.greeting-saved');
});

test('where a unit of an older version gave the tone, recording is asked for after it', () => {
  const call = atMain().keys('32').feed(opened);
  const state = call.state as Inside;
  assert.not(call.feed(played).asked().includes('record'), 'not where it begins by itself');
  call.state = { ...state, frames: state.frames.map((frame) => ('armed' in frame ? withoutArmed(frame) : frame)), work: { ...state.work, recording: false } };
  assert.equal(call.feed(played).effect('record'), { type: 'record', maxMs: 60_000, silenceMs: 0, stopDigits: '#' });
  assert.is(call.feed(recorded(4000)).effect('finish-greeting').keepMs, 4000);
});

test('an unsaved greeting goes with the owner', () => {
  const call = atMain().keys('32').feed(opened, played, recorded(4000), stored, gone);
  assert.ok(call.asked().includes('abandon-greeting'));
  assert.ok(call.feed(stored).asked().includes('done'));
});

test('saving without a recording says so; key 7 brings the standard greeting back', () => {
  assert.is(atMain().keys('33').said()[0], 'menu.nothing-recorded');
  assert.is(atMain().keys('37').effect('remove-greeting').mailbox, '201');
});

test('the PIN is changed when given twice alike', () => {
  const call = atMain().keys('*04');
  assert.equal(call.said(), ['pin.change-enter']);
  assert.equal(call.keys('8642#').said(), ['pin.change-again']);
  assert.is(call.keys('8642#').effect('change-pin').pin, '8642');
  assert.is(call.feed({ type: 'pin-changed', outcome: 'too-simple' }).said()[0], 'pin.too-simple');
  assert.is(atMain().keys('*041234#9999#').said()[0], 'pin.mismatch');
});

test('hanging up anywhere ends with done', () => {
  const places = [probe().feed(start), probe().feed(start).keys('201#'), probe().feed(start).keys('201#1#'), inside(), inside(message('a')), hearing(), hearing().keys('8'), hearing().feed(played), hearing().keys('4'), hearing().keys('4').feed(marked), atMain(), atMain().keys('*'), atMain().keys('3'), atMain().keys('32'), atMain().keys('32').feed(opened), atMain().keys('32').feed(opened, played), atMain().keys('32').feed(opened, played, recorded(4000)), atMain().keys('*04'), atMain().keys('0')];
  for (const place of places) {
    const before = place.state.name;
    const asked = new Set(place.feed(gone).asked());
    for (const answer of [marked, opened, recorded(4000), stored, stored]) place.feed(answer).asked().forEach((one) => asked.add(one));
    assert.ok(asked.has('done'), `done after hang-up in ${before}`);
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isEmergency } from '../../../firmware/calls/bridge/bridge-target.ts';
import { routeDialled, routeToLine } from '../../../firmware/calls/bridge/route-dialled.ts';
import { routeCall } from '../../../firmware/calls/route-call.ts';
import type { LineSettings } from '../../../firmware/config/line-settings.ts';
import type { Settings } from '../../../firmware/config/settings.ts';
import type { CallFacts } from '../../../firmware/sip/leg.ts';
import { testSettings } from '../../support/sim-unit.ts';

const settings = testSettings(`
peers:
  - { name: pbx, addresses: [10.0.0.1], host: 10.0.0.1 }
  - { name: gate, addresses: [10.0.0.9], host: 10.0.0.9 }
lines:
  - { name: out-1, device: "sim:trunk-1", kind: trunk, prefix: "0", dialOutPeers: [pbx] }
  - { name: desk, device: "sim:phone-1", kind: phone, number: "301", peer: pbx }
  - { name: hall, device: "sim:phone-2", kind: phone, number: "302" }
incoming: [{ name: all, mailbox: "201" }]
mailboxes: [{ number: "201" }, { number: "301" }]
`);
const noTrunk: Settings = { ...settings, lines: settings.lines.filter(({ kind }) => kind === 'phone') };
const [, desk, hall] = settings.lines as [LineSettings, LineSettings, LineSettings];

const facts = (dialled: string, more: Partial<CallFacts> = {}): CallFacts => ({
  callId: 'x', caller: { number: '100', name: '', uri: '' }, originalTarget: dialled, targetSource: 'request-uri', reason: 'default', dialled, peer: 'pbx', remoteAddress: '10.0.0.1', transport: 'udp', ...more,
});

const early = { early: true };
const rows: readonly [string, LineSettings, Settings, object][] = [
  ['*17', desk, settings, { to: 'collect', ownMailbox: '301' }],
  ['*17', hall, settings, { to: 'collect', ownMailbox: null }],
  ['301', desk, settings, { to: 'collect', ownMailbox: '301' }],
  ['301', hall, settings, { to: 'bridge', target: { kind: 'phone', number: '301' }, mailbox: '301', noAnswerMs: 25_000, ...early }],
  ['302', desk, settings, { to: 'bridge', target: { kind: 'phone', number: '302' }, mailbox: null, noAnswerMs: 180_000, ...early }],
  ['201', desk, settings, { to: 'bridge', target: { kind: 'extension', number: '201', peer: 'pbx' }, mailbox: '201', noAnswerMs: 25_000, ...early }],
  ['201', hall, settings, { to: 'leave', mailbox: '201' }],
  ['4711', desk, settings, { to: 'bridge', target: { kind: 'extension', number: '4711', peer: 'pbx' }, mailbox: null, noAnswerMs: 180_000, ...early }],
  ['04711', hall, settings, { to: 'bridge', target: { kind: 'trunk', number: '4711', prefix: '0', emergency: false, peer: null }, mailbox: null, noAnswerMs: 180_000, ...early }],
  ['112', desk, settings, { to: 'bridge', target: { kind: 'trunk', number: '112', prefix: null, emergency: true, peer: 'pbx' }, mailbox: null, noAnswerMs: 180_000, ...early }],
  ['0112', hall, settings, { to: 'bridge', target: { kind: 'trunk', number: '112', prefix: null, emergency: true, peer: null }, mailbox: null, noAnswerMs: 180_000, ...early }],
  ['112', desk, noTrunk, { to: 'bridge', target: { kind: 'extension', number: '112', peer: 'pbx', emergency: true }, mailbox: null, noAnswerMs: 180_000, ...early }],
];

test('what is dialled on a phone port goes where the dial plan says', () => {
  for (const [digits, port, of, expected] of rows) assert.equal(routeDialled(facts(digits), port, of), expected, `${digits} on ${port.name}`);
});

test('a number of nobody has no way out of a port without a peer', () => {
  for (const [digits, of] of [['4711', settings], ['112', noTrunk]] as const) assert.is(routeDialled(facts(digits), hall, of).to, 'refuse', digits);
});

test('a SIP call for a telephone rings it, and a mailbox of that number takes what nobody answers', () => {
  assert.equal(routeCall(facts('301'), settings), { to: 'bridge', target: { kind: 'phone', number: '301' }, mailbox: '301', noAnswerMs: 25_000, early: false });
  assert.equal(routeToLine(facts('302'), settings), { to: 'bridge', target: { kind: 'phone', number: '302' }, mailbox: null, noAnswerMs: 180_000, early: false });
});

test('a telephone that was busy or did not answer is not rung again', () => {
  for (const reason of ['busy', 'no-answer'] as const) assert.equal(routeToLine(facts('301', { reason }), settings), { to: 'leave', mailbox: '301' });
});

test('a call diverted to a telephone is, unanswered, for the mailbox of who was called first', () => {
  const route = routeToLine(facts('302', { originalTarget: '201', targetSource: 'diversion' }), settings);
  assert.is(route?.to === 'bridge' && route.mailbox, '201');
});

test('only peers that may dial out do, but each may call for help', () => {
  assert.is(routeToLine(facts('04711'), settings)?.to, 'bridge');
  assert.equal(routeToLine(facts('04711', { peer: 'gate' }), settings), { to: 'refuse', status: 403, reason: 'This peer may not dial out' });
  const help = routeToLine(facts('112', { peer: 'gate' }), settings);
  assert.equal(help?.to === 'bridge' && help.target, { kind: 'trunk', number: '112', prefix: null, emergency: true, peer: null });
});

test('without lines nothing changes for SIP calls', () => {
  for (const digits of ['112', '04711', '301', '201', '*17']) assert.is(routeToLine(facts(digits), { ...settings, lines: [] }), null, digits);
  assert.equal(routeCall(facts('201'), settings), { to: 'leave', mailbox: '201' });
  assert.equal(routeCall(facts('*17'), settings), { to: 'collect', ownMailbox: null });
});

test('a call for help is one on a trunk and, where there is none, at the PBX; others are not', () => {
  const help = (digits: string, of: Settings): boolean => {
    const route = routeDialled(facts(digits), desk, of);
    return route.to === 'bridge' && isEmergency(route);
  };
  assert.equal([help('112', settings), help('112', noTrunk), help('04711', settings), help('500', noTrunk)], [true, true, false, false]);
});

test.run();

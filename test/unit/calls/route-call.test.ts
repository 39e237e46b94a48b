import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atStartPoint, routeCall } from '../../../firmware/calls/route-call.ts';
import type { Settings } from '../../../firmware/config/settings.ts';
import { flowStarts, noStarts } from '../../../firmware/flows/flow-starts.ts';
import type { CallFacts } from '../../../firmware/sip/leg.ts';
import { readyFlow } from '../../support/rehearsed-flow.ts';

const settings = {
  numbers: { collect: ['*17', '299'], emergency: ['112'] },
  lines: [],
  queues: [{ number: '800' }, { number: '202' }],
  mailboxes: ['201', '202'].map((number) => ({ number, name: '', language: null })),
} as unknown as Settings;

const facts = (dialled: string, originalTarget = dialled, targetSource: CallFacts['targetSource'] = 'to', caller = '301'): CallFacts => ({
  callId: 'x', caller: { number: caller, name: '', uri: '' }, originalTarget, targetSource, reason: 'default', dialled, peer: 'pbx', remoteAddress: '10.0.0.1', transport: 'udp',
});

test('a call for a mailbox leaves a message there', () => {
  assert.equal(routeCall(facts('201'), settings), { to: 'leave', mailbox: '201' });
});

test('a diverted call goes to the first target, whatever number reached the unit', () => {
  for (const dialled of ['voicemail', '*17', '202', '800']) {
    assert.equal(routeCall(facts(dialled, '201', 'diversion'), settings), { to: 'leave', mailbox: '201' });
  }
});

test('a target that is no mailbox falls back to what was dialled', () => {
  assert.equal(routeCall(facts('201', '999', 'history-info'), settings), { to: 'leave', mailbox: '201' });
});

test('a collect number collects, and offers the own mailbox to an owner', () => {
  assert.equal(routeCall(facts('*17'), settings), { to: 'collect', ownMailbox: null });
  assert.equal(routeCall(facts('299', '299', 'to', '202'), settings), { to: 'collect', ownMailbox: '202' });
  assert.equal(routeCall(facts('*17', '999', 'diversion'), settings), { to: 'collect', ownMailbox: null });
});

test('a number of a queue leads into it, with the mailbox of the same number; but not who was diverted here for somebody', () => {
  assert.equal(routeCall(facts('800'), settings), { to: 'queue', queue: '800', mailbox: null, priority: null });
  assert.equal(routeCall(facts('202'), settings), { to: 'queue', queue: '202', mailbox: '202', priority: null });
  assert.equal(routeCall(facts('800', '201', 'diversion'), settings), { to: 'leave', mailbox: '201' });
  assert.equal(routeCall(facts('voicemail', '202', 'diversion'), settings), { to: 'leave', mailbox: '202' }, 'who comes back from where the queue overflowed to');
});

test('who waits in a queue of the PBX hears an announcement, whatever was dialled', () => {
  const queued = { point: 'Still Queued', position: 1, etaSec: null, waitedSec: null, call: null } as const;
  assert.equal(routeCall({ ...facts('*17', '201', 'diversion'), queued }, settings), { to: 'announce', point: 'Still Queued', mailbox: '201' });
  assert.equal(routeCall({ ...facts('777'), queued }, settings), { to: 'announce', point: 'Still Queued', mailbox: null });
});

test('a number that is nobody is refused with 404', () => {
  assert.is((routeCall(facts('777'), settings) as { status: number }).status, 404);
});

const starts = flowStarts([
  readyFlow({ name: 'All', first: 'a', starts: [{ scope: 'default', point: 'Leave' }, { scope: 'default', point: 'Collect' }, { scope: 'short code', number: '*80' }], actions: { a: { action: 'Disconnect' } } }),
  readyFlow({ name: 'Own', first: 'a', starts: [{ scope: 'mailbox', mailbox: '201', point: 'Leave' }], actions: { a: { action: 'Disconnect' } } }),
]);

test('a call goes to the flow of its start point, the mailbox\'s own before that of all, and keeps its reason', () => {
  assert.equal(atStartPoint({ to: 'leave', mailbox: '201', reason: 'busy' }, starts), { to: 'flow', flow: 'Own', point: 'Leave', mailbox: '201', reason: 'busy' });
  assert.equal(atStartPoint({ to: 'leave', mailbox: '202' }, starts), { to: 'flow', flow: 'All', point: 'Leave', mailbox: '202' });
  assert.equal(atStartPoint({ to: 'collect', ownMailbox: null }, starts), { to: 'flow', flow: 'All', point: 'Collect', mailbox: null });
  assert.equal(atStartPoint({ to: 'leave', mailbox: '201' }, noStarts), { to: 'leave', mailbox: '201' });
});

test('a short code leads to its flow, unless the call was diverted for somebody', () => {
  assert.equal(routeCall(facts('*80'), settings, starts), { to: 'flow', flow: 'All', point: null, mailbox: null });
  assert.equal(routeCall(facts('*80', '201', 'diversion'), settings, starts), { to: 'leave', mailbox: '201' });
});

test('an incoming route to a flow that is not there goes to its mailbox', () => {
  assert.equal(atStartPoint({ to: 'flow', flow: 'Gone', point: null, mailbox: '202' }, noStarts), { to: 'leave', mailbox: '202' });
  assert.equal(atStartPoint({ to: 'flow', flow: 'All', point: null, mailbox: '202' }, starts), { to: 'flow', flow: 'All', point: null, mailbox: '202' });
});

test.run();

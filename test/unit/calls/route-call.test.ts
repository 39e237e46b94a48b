import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { routeCall } from '../../../firmware/calls/route-call.ts';
import type { Settings } from '../../../firmware/config/settings.ts';
import type { CallFacts } from '../../../firmware/sip/leg.ts';

const settings = {
  numbers: { collect: ['*17', '299'] },
  mailboxes: ['201', '202'].map((number) => ({ number, name: '', language: null })),
} as unknown as Settings;

const facts = (dialled: string, originalTarget = dialled, targetSource: CallFacts['targetSource'] = 'to', caller = '301'): CallFacts => ({
  callId: 'x', caller: { number: caller, name: '', uri: '' }, originalTarget, targetSource, reason: 'default', dialled, peer: 'pbx', remoteAddress: '10.0.0.1', transport: 'udp',
});

test('a call for a mailbox leaves a message there', () => {
  assert.equal(routeCall(facts('201'), settings), { to: 'leave', mailbox: '201' });
});

test('a diverted call goes to the first target, whatever number reached the unit', () => {
  for (const dialled of ['voicemail', '*17', '202']) {
    assert.equal(routeCall(facts(dialled, '201', 'diversion'), settings), { to: 'leave', mailbox: '201' });
  }
});

test('a target that is no mailbox falls back to what was dialled', () => {
  assert.equal(routeCall(facts('202', '999', 'history-info'), settings), { to: 'leave', mailbox: '202' });
});

test('a collect number collects, and offers the own mailbox to an owner', () => {
  assert.equal(routeCall(facts('*17'), settings), { to: 'collect', ownMailbox: null });
  assert.equal(routeCall(facts('299', '299', 'to', '202'), settings), { to: 'collect', ownMailbox: '202' });
  assert.equal(routeCall(facts('*17', '999', 'diversion'), settings), { to: 'collect', ownMailbox: null });
});

test('a number that is nobody is refused with 404', () => {
  assert.is((routeCall(facts('777'), settings) as { status: number }).status, 404);
});

test.run();

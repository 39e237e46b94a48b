import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followingMs, movingMs, noPairUpdate, pairUpdateStep, sendingMs, type PairUpdateInput, type PairUpdateState } from '../../../firmware/update/pair/pair-update-machine.ts';
import type { PartnerFirmware } from '../../../firmware/update/pair/pair-update-protocol.ts';

const partner = (more: Partial<PartnerFirmware> = {}): PartnerFirmware => ({ version: '0.1.0', phase: 'idle', percent: 0, good: true, serves: false, taking: null, outcome: null, ...more });
const heard = (more: Partial<PartnerFirmware> = {}, nowMs = 10): PairUpdateInput => ({ type: 'partner', partner: partner(more), nowMs });
const begin: PairUpdateInput = { type: 'begin', version: '0.2.0', id: 'a1', by: 'bob', bytes: 1000, nowMs: 0 };
const look = (serves: boolean, partnerFit: boolean, nowMs = 10): PairUpdateInput => ({ type: 'look', serves, partnerFit, nowMs });

function after(...inputs: PairUpdateInput[]): { state: PairUpdateState; effects: string[] } {
  let state = noPairUpdate;
  let effects: string[] = [];
  for (const input of inputs) {
    const move = pairUpdateStep(state, input);
    state = move.state;
    effects = move.effects.map((effect) => (effect.type === 'tell' ? effect.event : effect.type));
  }
  return { state, effects };
}

const whole = { id: 'a1', bytes: 1000, fault: null };
const good = heard({ version: '0.2.0', taking: whole, outcome: { atMs: 500, end: 'good', version: '0.2.0', reason: '' } });

test('the partner first: offered until it is whole there, followed until it is good there, then this unit', () => {
  assert.equal(after(begin), { ...after(begin), effects: ['pair-update-begun', 'offer'] });
  assert.equal(after(begin, heard()).effects, ['offer'], 'it does not know of it');
  assert.equal(after(begin, heard({ taking: { ...whole, bytes: 400 } })).effects, ['offer'], 'some of it is there');
  assert.is(after(begin, heard({ taking: whole })).state.phase, 'sending', 'it is there, and not yet begun');
  const following = [begin, heard({ taking: whole, phase: 'installing' })];
  assert.is(after(...following).state.phase, 'following');
  assert.is(after(...following, heard({ taking: null, version: '0.2.0', phase: 'proving', good: false })).state.phase, 'following');
  assert.equal(after(...following, good).effects, ['pair-update-half']);
  assert.is(after(...following, good, look(true, false)).state.phase, 'moving', 'the partner cannot serve yet');
  assert.equal(after(...following, good, look(true, true)).effects, ['pair-update-own', 'own']);
  assert.is(after(...following, good, look(true, true)).state.phase, 'own');
});

for (const [what, inputs, reason] of [
  ['refused', [begin, { type: 'refused', reason: 'no room' }], 'the partner does not take it: no room'],
  ['found damaged there', [begin, heard({ taking: { ...whole, fault: 'no room' } })], 'no room'],
  ['refused there after it was whole', [begin, heard({ taking: whole, outcome: { atMs: 500, end: 'refused', version: '0.2.0', reason: 'foreign' } }), heard({ taking: whole, outcome: { atMs: 500, end: 'refused', version: '0.2.0', reason: 'foreign' } })], 'this unit was not touched: foreign'],
  ['rolled back there', [begin, heard({ taking: whole, phase: 'installing' }), heard({ outcome: { atMs: 500, end: 'rolled-back', version: '0.2.0', reason: 'silence' } })], 'this unit was not touched: silence'],
  ['cancelled', [begin, { type: 'cancel', by: 'eve' }], 'eve cancelled it'],
  ['not there in time', [begin, { type: 'unreachable', nowMs: sendingMs }], 'did not get to the partner in time'],
  ['not heard of in time', [begin, heard({ taking: whole, phase: 'installing' }, 0), { type: 'unreachable', nowMs: followingMs }], 'nothing was heard in time'],
  ['not fit in time', [begin, heard({ taking: whole, phase: 'installing' }), good, look(true, false, movingMs + 10)], 'could not serve'],
  ['not taken here', [begin, heard({ taking: whole, phase: 'installing' }), good, look(true, true), { type: 'own-refused', reason: 'no room' }], 'this unit does not: no room'],
] as const) {
  test(`${what}: it ends with an alarm, and this unit is left as it is`, () => {
    const { state, effects } = after(...(inputs as readonly PairUpdateInput[]));
    assert.equal([state.phase, effects], ['idle', ['pair-update-ended']]);
    assert.match(state.last ?? '', reason);
  });
}

test('how the partner fared before does not count', () => {
  const old = { atMs: 400, end: 'rolled-back', version: '0.1.9', reason: 'long ago' };
  const { state } = after(begin, heard({ outcome: old }), heard({ taking: whole, phase: 'installing', outcome: old }), heard({ taking: whole, phase: 'proving', outcome: old }));
  assert.is(state.phase, 'following');
});

test('while this unit is about to go nobody cancels, and a second order changes nothing', () => {
  const moving = after(begin, heard({ taking: whole, phase: 'installing' }), good).state;
  assert.is(pairUpdateStep(moving, { type: 'cancel', by: 'eve' }).state, moving);
  assert.is(pairUpdateStep(moving, begin).state, moving);
});

test('what comes when nothing goes on changes nothing', () => {
  for (const input of [good, look(true, true), { type: 'unreachable', nowMs: 9e9 }, { type: 'refused', reason: 'x' }, { type: 'cancel', by: 'eve' }] as const) assert.is(pairUpdateStep(noPairUpdate, input).state, noPairUpdate);
});

test.run();

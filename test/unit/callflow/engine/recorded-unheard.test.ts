// What an action is told that asks for a tone and a recording when the caller has gone already.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import type { ActionKind } from '../../../../firmware/callflow/actions/action.ts';
import { result } from '../../../../firmware/callflow/actions/action.ts';
import { FlowProbe } from '../../../support/flow-probe.ts';
import { testFlow } from '../../../support/rehearsed-flow.ts';

/** Gives the tone whoever is there, and drops what it has opened where nothing was recorded. */
const taker: ActionKind = {
  name: 'Taker', group: 'Basic', about: '', schema: v.strictObject({}), results: () => [{ name: 'Dropped', about: '' }], waits: true,
  begin: () => ({ to: 'state', state: 'opening', effects: [{ type: 'open-message' }] }),
  step: (_context, _with, state, input) => {
    if (input.type === 'opened') return { to: 'state', state: 'beep', effects: [{ type: 'play', phrases: [{ beep: true }], bargeIn: false, then: { maxMs: 1000, silenceMs: 0, stopDigits: '' } }] };
    if (input.type === 'recorded' && input.recordedMs === 0) return { to: 'state', state: 'dropping', effects: [{ type: 'abandon-message' }] };
    return input.type === 'stored' ? result('Dropped') : { to: 'state', state, effects: [] };
  },
  example: { with: {}, results: {} },
};

test('a recording that was to follow a tone nobody hears has its one end, and what was opened for it is dropped', () => {
  const probe = new FlowProbe(testFlow([{ name: 'T', first: 'take', actions: { take: { action: 'Taker' } } }], { kinds: [taker] })).feed({ type: 'start' });
  assert.equal(probe.feed({ type: 'hung-up' }).effects, []);
  assert.equal(probe.feed({ type: 'opened', ok: true }).asked(), ['abandon-message']);
  assert.ok(probe.feed({ type: 'stored', ok: true }).asked().includes('done'));
});

test.run();

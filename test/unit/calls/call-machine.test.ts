import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallInput, CallState } from '../../../firmware/calls/call-machine.ts';
import { callStep } from '../../../firmware/calls/call-machine.ts';

const leave: CallInput = { type: 'routed', route: { to: 'leave', mailbox: '201' }, portFree: true };
const noPort: CallInput = { type: 'routed', route: { to: 'leave', mailbox: '201' }, portFree: false };
const nobody: CallInput = { type: 'routed', route: { to: 'refuse', status: 404, reason: 'No mailbox' }, portFree: false };
const simple = (type: 'established' | 'leg-ended' | 'flow-done' | 'media-stopped' | 'drain-timeout'): CallInput => ({ type });

const states: Record<string, CallState> = {
  offered: { name: 'offered' },
  answering: { name: 'answering' },
  running: { name: 'running', flowDone: false },
  'running, flow done': { name: 'running', flowDone: true },
  draining: { name: 'draining', flowDone: false, mediaStopped: false },
  'draining, flow done': { name: 'draining', flowDone: true, mediaStopped: false },
  'draining, media stopped': { name: 'draining', flowDone: false, mediaStopped: true },
  over: { name: 'over' },
};
const inputs: Record<string, CallInput> = {
  leave,
  'no port': noPort,
  nobody,
  established: simple('established'),
  'leg ended': simple('leg-ended'),
  'flow done': simple('flow-done'),
  'media stopped': simple('media-stopped'),
  'drain timeout': simple('drain-timeout'),
};

/** state -> input -> 'next state: effects'; what is not listed changes nothing. */
const table: Record<string, Record<string, string>> = {
  offered: {
    leave: 'answering: answer',
    'no port': 'over: reject release',
    nobody: 'over: reject release',
    'leg ended': 'over: release',
  },
  answering: { established: 'running: start-media start-flow', 'leg ended': 'over: release' },
  running: { 'flow done': 'running, flow done:', 'leg ended': 'draining: stop-media tell-flow-hung-up' },
  'running, flow done': { 'flow done': 'running, flow done:', 'leg ended': 'draining, flow done: stop-media' },
  draining: { 'flow done': 'draining, flow done:', 'media stopped': 'draining, media stopped:', 'drain timeout': 'over: report-stuck release' },
  'draining, flow done': { 'flow done': 'draining, flow done:', 'media stopped': 'over: release', 'drain timeout': 'over: report-stuck release' },
  'draining, media stopped': { 'flow done': 'over: release', 'media stopped': 'draining, media stopped:', 'drain timeout': 'over: report-stuck release' },
  over: {},
};

const nameOf = (state: CallState): string => Object.entries(states).find(([, one]) => JSON.stringify(one) === JSON.stringify(state))?.[0] ?? JSON.stringify(state);

test('every state takes every input as the table says', () => {
  for (const [from, state] of Object.entries(states)) {
    for (const [what, input] of Object.entries(inputs)) {
      const step = callStep(state, input);
      const got = `${nameOf(step.state)}:${step.effects.map((effect) => ` ${effect.type}`).join('')}`;
      assert.is(got, table[from]?.[what] ?? `${from}:`, `${from} + ${what}`);
    }
  }
});

test('a full unit answers 503 with a time to come back, an unknown number 404 without', () => {
  assert.equal(callStep({ name: 'offered' }, noPort).effects[0], { type: 'reject', status: 503, reason: 'All voicemail ports are in use', retryAfterSec: 5 });
  assert.equal(callStep({ name: 'offered' }, nobody).effects[0], { type: 'reject', status: 404, reason: 'No mailbox', retryAfterSec: null });
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallInput, CallState } from '../../../firmware/calls/call-machine.ts';
import { callStep } from '../../../firmware/calls/call-machine.ts';
import { noPort as refusalOf } from '../../../firmware/calls/port-classes.ts';

const leave: CallInput = { type: 'routed', route: { to: 'leave', mailbox: '201' }, noPort: null };
const noPort: CallInput = { type: 'routed', route: { to: 'leave', mailbox: '201' }, noPort: refusalOf('leave') };
const nobody: CallInput = { type: 'routed', route: { to: 'refuse', status: 404, reason: 'No mailbox' }, noPort: null };
const elsewhere: CallInput = { type: 'routed', route: { to: 'redirect', contact: 'sip:*17@192.0.2.7' }, noPort: null };
const simple = (type: 'established' | 'adopted' | 'given-away' | 'leg-ended' | 'flow-done' | 'media-stopped' | 'drain-timeout'): CallInput => ({ type });

const states: Record<string, CallState> = {
  offered: { name: 'offered' },
  answering: { name: 'answering' },
  running: { name: 'running', flowDone: false },
  'running, flow done': { name: 'running', flowDone: true },
  'running, media stopped': { name: 'running', flowDone: false, mediaStopped: true },
  'running, all but the leg over': { name: 'running', flowDone: true, mediaStopped: true },
  draining: { name: 'draining', flowDone: false, mediaStopped: false },
  'draining, flow done': { name: 'draining', flowDone: true, mediaStopped: false },
  'draining, media stopped': { name: 'draining', flowDone: false, mediaStopped: true },
  over: { name: 'over' },
};
const inputs: Record<string, CallInput> = {
  leave,
  'no port': noPort,
  nobody,
  elsewhere,
  established: simple('established'),
  'leg ended': simple('leg-ended'),
  'flow done': simple('flow-done'),
  'media stopped': simple('media-stopped'),
  'drain timeout': simple('drain-timeout'),
  adopted: simple('adopted'),
  'given away': simple('given-away'),
};

/** state -> input -> 'next state: effects'; what is not listed changes nothing. */
const table: Record<string, Record<string, string>> = {
  offered: {
    leave: 'answering: answer',
    'no port': 'over: reject release',
    nobody: 'over: reject release',
    elsewhere: 'over: redirect release',
    'leg ended': 'over: release',
    adopted: 'running: start-media start-flow',
  },
  answering: { established: 'running: start-media start-flow', 'leg ended': 'over: release' },
  running: { 'flow done': 'running, flow done:', 'media stopped': 'running, media stopped:', 'leg ended': 'draining: stop-media tell-flow-hung-up', 'given away': 'draining: stop-media give-flow-away' },
  'running, flow done': { 'flow done': 'running, flow done:', 'media stopped': 'running, all but the leg over:', 'leg ended': 'draining, flow done: stop-media', 'given away': 'draining, flow done: stop-media' },
  'running, media stopped': { 'flow done': 'running, all but the leg over:', 'media stopped': 'running, media stopped:', 'leg ended': 'draining, media stopped: stop-media tell-flow-hung-up', 'given away': 'draining, media stopped: stop-media give-flow-away' },
  'running, all but the leg over': { 'flow done': 'running, all but the leg over:', 'media stopped': 'running, all but the leg over:', 'leg ended': 'over: release', 'given away': 'over: release' },
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

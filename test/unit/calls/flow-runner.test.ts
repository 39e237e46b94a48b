import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Flow, FlowEffect, FlowInput, FlowState } from '../../../firmware/callflow/flow.ts';
import type { FlowCall } from '../../../firmware/calls/flow-call.ts';
import { FlowRunner } from '../../../firmware/calls/flow-runner.ts';
import type { FlowServices } from '../../../firmware/calls/flow-services.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { silentLog } from '../../../firmware/log.ts';

/** Records for the call ($RES), and goes on. */
const recording: Flow<FlowState> = {
  initial: { name: 'recording' },
  step: (state, input) => ({ state, effects: next(input) }),
};

function next(input: FlowInput): FlowEffect[] {
  if (input.type === 'start') return [{ type: 'open-recording', place: { kind: 'call' } }];
  return input.type === 'opened' ? [{ type: 'finish-recording', keepMs: 100 }] : [];
}

test('what a call has kept for itself is forgotten when another unit has the call', async () => {
  const forgotten: string[] = [];
  const recordings = { begin: async () => ({ finish: async () => ({ id: 'r1', durationMs: 100 }) }), forget: (ids: readonly string[]) => void forgotten.push(...ids) };
  const services = { clock: new SimClock(), log: silentLog, recordings, drafts: { drop: async () => undefined } } as unknown as FlowServices;
  const call = { id: 'c1', mailbox: '201', changed: () => undefined, done: () => undefined } as unknown as FlowCall;
  const runner = new FlowRunner(services, call, { name: 'document', flow: recording });
  runner.input({ type: 'start' });
  await settle();
  runner.giveAway();
  assert.equal(forgotten, []);
  await runner.settle(null);
  assert.equal(forgotten, ['r1']);
});

test('the port listens for a fax tone while the flow does, and is told of changes alone', () => {
  const heard: boolean[] = [];
  const services = { clock: new SimClock(), log: silentLog, drafts: { drop: async () => undefined } } as unknown as FlowServices;
  const call = { id: 'c1', channel: { listenForFax: (on: boolean) => heard.push(on), stopPlay: () => undefined }, changed: () => undefined, done: () => undefined } as unknown as FlowCall;
  const flow: Flow<FlowState> = {
    initial: { name: '' },
    step: ({ name }, input) => ({ state: { name: input.type === 'digit' ? name + input.digit : name }, effects: input.type === 'hung-up' ? [{ type: 'done' }] : [] }),
    hearsFax: ({ name }) => name.endsWith('1'),
  };
  const runner = new FlowRunner(services, call, { name: 'document', flow });
  runner.input({ type: 'start' });
  assert.equal(heard, []);
  for (const digit of '11221') runner.input({ type: 'digit', digit });
  assert.equal(heard, [true, false, true]);
  runner.input({ type: 'hung-up' });
  assert.equal(heard, [true, false, true, false]);
});

test('a flow that waits for the end of a recording is told of it where the media thread has let go of the call', () => {
  const told: FlowInput[] = [];
  const services = { clock: new SimClock(), log: silentLog, drafts: { drop: async () => undefined } } as unknown as FlowServices;
  const call = { id: 'c1', channel: { stopRecord: () => false }, changed: () => undefined, done: () => undefined } as unknown as FlowCall;
  const flow: Flow<FlowState> = {
    initial: { name: '' },
    step: (state, input) => {
      told.push(input);
      return { state, effects: input.type === 'hung-up' ? [{ type: 'stop-record' }] : [] };
    },
  };
  new FlowRunner(services, call, { name: 'document', flow }).input({ type: 'hung-up' });
  assert.equal(told, [{ type: 'hung-up' }, { type: 'recorded', end: 'stopped', recordedMs: 0, trailingSilenceMs: 0 }]);
});

test.run();

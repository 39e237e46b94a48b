import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowEffect, FlowInput } from '../../../firmware/callflow/flow.ts';
import { say } from '../../../firmware/callflow/phrase.ts';
import type { TakePlan, TakeState, TakeStep } from '../../../firmware/callflow/recording/take.ts';
import { beginTake, takeStep } from '../../../firmware/callflow/recording/take.ts';

const plan: TakePlan = {
  open: { type: 'open-message' }, finish: (keepMs) => ({ type: 'finish-message', reason: 'digit', keepMs }), abandon: { type: 'abandon-message' },
  pieces: [[], say('leave.too-short')], maxMs: 60_000, silenceMs: 5000, minMs: 1000, stopDigits: '#',
};
const opened: FlowInput = { type: 'opened', ok: true };
const played: FlowInput = { type: 'played' };
const gone: FlowInput = { type: 'hung-up' };
const stored: FlowInput = { type: 'stored', ok: true };
const recorded = (recordedMs: number, end: 'digit' | 'stopped' = 'digit'): FlowInput => ({ type: 'recorded', end, recordedMs, trailingSilenceMs: 0 });
const tone: FlowEffect = { type: 'play', phrases: [{ beep: true }], bargeIn: false, then: { maxMs: 60_000, silenceMs: 5000, stopDigits: '#' } };

function fed(...inputs: readonly FlowInput[]): TakeStep {
  return inputs.reduce((step, input) => (step.to === 'state' ? takeStep(plan, step.state, input) : step), beginTake(plan));
}
const asked = (step: TakeStep): readonly FlowEffect[] => (step.to === 'state' ? step.effects : []);

test('each piece is recorded from the end of its own tone on, without another order', () => {
  assert.equal(asked(fed(opened)), [tone]);
  assert.equal(asked(fed(opened, played)), []);
  assert.equal(asked(fed(opened, played, recorded(4000), played)), [tone]);
  const end = fed(opened, played, recorded(4000), played, played, recorded(2000));
  assert.equal(asked(end).at(-1), plan.finish(6000));
  assert.equal(takeStep(plan, (end as { state: TakeState }).state, stored), { to: 'over', outcome: { kind: 'kept', id: '', durationMs: 6000 }, gone: false });
});

test('who is gone before the end of the tone is known leaves what was said after it', () => {
  assert.equal(asked(fed(opened, gone)), [{ type: 'stop-record' }]);
  assert.equal(asked(fed(opened, gone, played, recorded(3000, 'stopped'))).at(-1), plan.finish(3000));
  assert.equal(asked(fed(opened, gone, recorded(0, 'stopped'))).at(-1), plan.abandon);
  assert.equal(asked(fed(opened, played, recorded(4000), played, gone, recorded(0, 'stopped'))).at(-1), plan.finish(4000), 'of the second tone');
});

test('where a unit of an older version gave the tone, recording is asked for after it', () => {
  const old: TakeState = { at: 'beep', piece: 0, doneMs: 0 };
  assert.equal(asked(takeStep(plan, old, played)), [{ type: 'record', maxMs: 60_000, silenceMs: 5000, stopDigits: '#' }]);
  assert.equal(asked(takeStep(plan, old, gone)).at(-1), plan.abandon);
});

test.run();

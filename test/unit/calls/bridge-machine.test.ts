import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BridgeInput, BridgeRules, BridgeState } from '../../../firmware/calls/bridge/bridge-machine.ts';
import { bridgeStep, reasonOf, refusalTone } from '../../../firmware/calls/bridge/bridge-machine.ts';

const states: Record<string, BridgeState> = {
  placing: { name: 'placing' },
  ringing: { name: 'ringing', early: false },
  'ringing, early': { name: 'ringing', early: true },
  answering: { name: 'answering', early: false },
  'answering, early': { name: 'answering', early: true },
  joined: { name: 'joined' },
  draining: { name: 'draining' },
  'clearing busy': { name: 'clearing', reason: 'busy' },
  'clearing no-answer': { name: 'clearing', reason: 'no-answer' },
  over: { name: 'over' },
};
const inputs: Record<string, BridgeInput> = {
  rings: { type: 'placed-rings', earlyAudio: false },
  'rings, audio': { type: 'placed-rings', earlyAudio: true },
  answered: { type: 'placed-answered' },
  busy: { type: 'placed-ended', status: 486 },
  established: { type: 'offered-established' },
  'offered ended': { type: 'offered-ended' },
  'no answer': { type: 'no-answer' },
  'media stopped': { type: 'media-stopped' },
  'drain timeout': { type: 'drain-timeout' },
};

/** state -> input -> 'next state: effects'; what is not listed changes nothing. */
type Table = Record<string, Record<string, string>>;

/** Whatever the rules. */
const lost = 'over: hang-up-offered hang-up-placed release';
const common: Table = {
  placing: { rings: 'ringing: ring-offered', answered: 'answering: answer-offered', 'offered ended': 'over: hang-up-placed release' },
  ringing: { answered: 'answering: answer-offered', 'offered ended': 'over: hang-up-placed release' },
  'ringing, early': { 'media stopped': lost, answered: 'answering, early: answer-offered', 'offered ended': 'draining: stop-media hang-up-placed' },
  answering: { established: 'joined: start-media', busy: 'over: hang-up-offered release', 'offered ended': 'over: hang-up-placed release' },
  'answering, early': { 'media stopped': lost, established: 'joined:', busy: 'draining: stop-media hang-up-offered', 'offered ended': 'draining: stop-media hang-up-placed' },
  joined: { 'media stopped': lost, busy: 'draining: stop-media hang-up-offered', 'offered ended': 'draining: stop-media hang-up-placed' },
  draining: { 'media stopped': 'over: release', 'drain timeout': 'over: report-stuck release' },
  'clearing busy': { 'media stopped': 'over: release hand-over(busy)', 'drain timeout': 'over: report-stuck release hand-over(busy)', 'offered ended': 'draining:' },
  'clearing no-answer': { 'media stopped': 'over: release hand-over(no-answer)', 'drain timeout': 'over: report-stuck release hand-over(no-answer)', 'offered ended': 'draining:' },
  over: {},
};
const withMailbox: Table = {
  placing: { busy: 'over: release hand-over(busy)', 'no answer': 'over: hang-up-placed release hand-over(no-answer)' },
  ringing: { busy: 'over: release hand-over(busy)', 'no answer': 'over: hang-up-placed release hand-over(no-answer)' },
  'ringing, early': { busy: 'clearing busy: stop-media', 'no answer': 'clearing no-answer: stop-media hang-up-placed' },
};
const without: Table = {
  placing: { busy: 'over: reject-offered(486) release', 'no answer': 'over: hang-up-placed reject-offered(480) release' },
  ringing: { busy: 'over: reject-offered(486) release', 'no answer': 'over: hang-up-placed reject-offered(480) release' },
  'ringing, early': { busy: 'draining: stop-media reject-offered(486)', 'no answer': 'draining: stop-media hang-up-placed reject-offered(480)' },
};
const hears: Table = { placing: { 'rings, audio': 'ringing, early: ring-offered start-media' }, ringing: { 'rings, audio': 'ringing, early: start-media' } };
const deaf: Table = { placing: { 'rings, audio': 'ringing: ring-offered' } };

const nameOf = (state: BridgeState): string => Object.entries(states).find(([, one]) => JSON.stringify(one) === JSON.stringify(state))?.[0] ?? JSON.stringify(state);

function told(state: BridgeState, input: BridgeInput, rules: BridgeRules): string {
  const step = bridgeStep(state, input, rules);
  const effects = step.effects.map((effect) => ` ${effect.type}${effect.type === 'hand-over' ? `(${effect.reason})` : effect.type === 'reject-offered' ? `(${effect.status})` : ''}`);
  return `${nameOf(step.state)}:${effects.join('')}`;
}

for (const mailbox of [true, false]) {
  for (const early of [true, false]) {
    test(`every state takes every input as the table says, ${mailbox ? 'with' : 'without'} a mailbox, early audio ${early ? 'used' : 'ignored'}`, () => {
      for (const [from, state] of Object.entries(states)) {
        for (const [what, input] of Object.entries(inputs)) {
          const expected = (mailbox ? withMailbox : without)[from]?.[what] ?? (early ? hears : deaf)[from]?.[what] ?? common[from]?.[what] ?? `${from}:`;
          assert.is(told(state, input, { mailbox, early }), expected, `${from} + ${what}`);
        }
      }
    });
  }
}

test('a refusal says why a message is left, and what a telephone hears', () => {
  const rows: readonly [number | null, string, string][] = [
    [486, 'busy', 'busy'], [600, 'busy', 'busy'], [603, 'busy', 'busy'],
    [480, 'no-answer', 'congestion'], [408, 'no-answer', 'congestion'], [487, 'no-answer', 'congestion'],
    [404, 'default', 'congestion'], [503, 'default', 'congestion'], [null, 'default', 'congestion'],
  ];
  for (const [status, reason, tone] of rows) {
    assert.is(reasonOf(status), reason, `reason of ${status}`);
    assert.is(refusalTone(status ?? 500), tone, `tone of ${status}`);
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import { lossSeenMs, watchTimes } from '../../../firmware/config/watch-times.ts';
import type { PbxInput, PbxState } from '../../../firmware/sip/watch/pbx-machine.ts';
import { isUsable, pbxStep, probeAfterMs } from '../../../firmware/sip/watch/pbx-machine.ts';

const states: PbxState[] = ['unknown', 'present', 'doubted', 'lost', 'returning'];
const inputs: PbxInput[] = ['due', 'answered', 'settled', 'missed', 'spent', 'refused'];

/** All that changes anything; every other pair leaves the state alone and does nothing. */
const steps: Readonly<Record<string, string>> = {
  'unknown due': 'unknown: probe',
  'unknown answered': 'present: ',
  'unknown spent': 'lost: tell-lost disconnect',
  'unknown refused': 'doubted: ',
  'present due': 'present: probe',
  'present missed': 'doubted: ',
  'present refused': 'doubted: ',
  'doubted due': 'doubted: probe',
  'doubted answered': 'present: ',
  'doubted spent': 'lost: tell-lost disconnect',
  'doubted refused': 'lost: tell-lost',
  'lost due': 'lost: probe',
  'lost answered': 'returning: ',
  'returning due': 'returning: probe',
  'returning settled': 'present: tell-back',
  'returning spent': 'lost: disconnect',
  'returning refused': 'lost: ',
};

test('every state with every input', () => {
  for (const state of states) {
    for (const input of inputs) {
      const { to, effects } = pbxStep(state, input);
      assert.is(`${to}: ${effects.join(' ')}`, steps[`${state} ${input}`] ?? `${state}: `, `${state} ${input}`);
    }
  }
});

test('it is asked in every state, and none is a dead end', () => {
  for (const state of states) {
    assert.equal(pbxStep(state, 'due'), { to: state, effects: ['probe'] });
    const back = pbxStep(pbxStep(state, 'answered').to, 'settled').to;
    assert.is(back, 'present', state);
    const gone = pbxStep(pbxStep(state, 'refused').to, 'refused').to;
    assert.is(gone, 'lost', state);
  }
});

test('one loss is told once, until it is back', () => {
  let state: PbxState = 'present';
  const told: string[] = [];
  for (const input of ['missed', 'spent', 'answered', 'spent', 'answered', 'refused', 'answered', 'settled', 'refused', 'refused'] as const) {
    const step = pbxStep(state, input);
    state = step.to;
    told.push(...step.effects);
  }
  assert.equal(told, ['tell-lost', 'disconnect', 'disconnect', 'tell-back', 'tell-lost']);
});

const standard = { watchMs: 500, watchMisses: 12, returnSec: 10 };
const times = watchTimes(standard);

test('how soon the next probe follows', () => {
  for (const state of states) {
    const expected = state === 'lost' ? [2000, 2000, 2000] : [500, 50, 50];
    assert.equal([0, 1, 20].map((unanswered) => probeAfterMs(state, unanswered, times)), expected, state);
  }
});

test('one that was not asked yet is trusted, one that returns is not yet', () => {
  assert.equal(states.filter(isUsable), ['unknown', 'present', 'doubted']);
});

test('the standard values are those of the schema, and see a loss in time for a registration within 2 s', () => {
  const parsed = parseConfiguration('{ peers: [], mailboxes: [] }', 'u');
  if (!parsed.ok) throw new Error('the empty configuration is not right');
  const { watchMs, watchMisses, returnSec } = parsed.settings.sip;
  assert.equal({ watchMs, watchMisses, returnSec }, standard);
  assert.is(lossSeenMs(standard), 1650);
  assert.equal(times, { steadyMs: 500, hurryMs: 50, lostMs: 2000, limitMs: 300, misses: 12, returnMs: 10_000 });
});

test.run();

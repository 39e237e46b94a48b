import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SlotStatus } from '../../../hal/firmware-slots.ts';
import { ownRelease } from '../../../firmware/update/release-facts.ts';
import { updateStep, updateTimers } from '../../../firmware/update/update-machine.ts';
import { freshRecord, keptOutcomes, type UpdateInput, type UpdatePhase, type UpdateRecord, type UpdateState, type UpdateStep } from '../../../firmware/update/update-state.ts';

const booted = (name: string, good = true, bootId = 'boot-1'): SlotStatus => ({
  board: 'understudy-sim', bootId, booted: { name, version: null, good }, other: { name: name === 'A' ? 'B' : 'A', version: null, good: true }, next: name,
});

const slotA = { slot: 'A', version: '0.1.0', release: ownRelease };
const slotB = { slot: 'B', version: '0.2.0', release: ownRelease };
const order = { kind: 'file', source: '/x.raucb', by: 'bob', restart: 'idle' } as const;

function state(phase: UpdatePhase, record: Partial<UpdateRecord> = {}, more: Partial<UpdateState> = {}): UpdateState {
  return {
    phase, record: { ...freshRecord('0.1.0', 1), good: slotA, ...record }, slots: booted('A'), version: '0.1.0', release: ownRelease,
    order: phase === 'idle' ? null : order, percent: 0, doubt: null, ...more,
  };
}

const inStep = (step: UpdateStep): Partial<UpdateRecord> => ({ step, target: slotB, before: slotA, bootId: 'boot-1' });

/** A state as it is reached, by phase. */
const states: Readonly<Record<UpdatePhase, UpdateState>> = {
  idle: state('idle'), fetching: state('fetching', {}, { order: { ...order, kind: 'web', source: 'https://x/y' } }), checking: state('checking'),
  installing: state('installing', inStep('installing')), waiting: state('waiting', inStep('installed')), leaving: state('leaving', inStep('installed')), restarting: state('restarting', inStep('installed')),
  proving: state('proving', inStep('trying'), { slots: booted('B', false), version: '0.2.0', order: null }), 'going-back': state('going-back', { ...inStep('failed'), reason: 'no' }, { slots: booted('B', false), version: '0.2.0' }),
};

const bundle = { board: 'understudy-sim', version: '0.2.0', description: '', build: '', format: 'verity', bytes: 1 };
const inputs: Readonly<Record<string, UpdateInput>> = {
  order: { type: 'order', order, slots: booted('A') },
  'fetch-progress': { type: 'fetch-progress', percent: 7 },
  fetched: { type: 'fetched' },
  checked: { type: 'checked', bundle, release: ownRelease, remark: null, nowMs: 1 },
  refused: { type: 'refused', version: '0.2.0', reason: 'foreign', nowMs: 1 },
  progress: { type: 'progress', percent: 30 },
  installed: { type: 'installed', nowMs: 1 },
  'install-failed': { type: 'install-failed', reason: 'io', nowMs: 1 },
  'look idle': { type: 'look', calls: 0, serves: false, partnerFit: false },
  'look calls': { type: 'look', calls: 2, serves: false, partnerFit: false },
  'look pair': { type: 'look', calls: 0, serves: true, partnerFit: true },
  'timer trial': { type: 'timer', timer: 'trial', nowMs: 1 },
  'timer unproved': { type: 'timer', timer: 'unproved', nowMs: 1 },
  'timer leave': { type: 'timer', timer: 'leave', nowMs: 1 },
  now: { type: 'now' },
  cancel: { type: 'cancel', by: 'bob', nowMs: 1 },
  'restart-failed': { type: 'restart-failed', reason: 'no right' },
  proved: { type: 'proved', nowMs: 1 },
  'not-proved': { type: 'not-proved', reason: 'silence' },
};

/** What each input does in each phase: the phase after it and the effects without what is told; '.' = nothing changes but an answer. */
const table: Readonly<Record<string, Partial<Record<UpdatePhase, string>>>> = {
  order: { idle: 'checking check' },
  'fetch-progress': { fetching: 'fetching' },
  fetched: { fetching: 'checking check' },
  checked: { checking: 'installing keep install' },
  refused: { fetching: 'idle clear keep', checking: 'idle clear keep' },
  progress: { installing: 'installing' },
  installed: { installing: 'waiting keep clear' },
  'install-failed': { installing: 'idle clear keep' },
  'look idle': { waiting: 'restarting restart', leaving: 'restarting restart' },
  'look calls': { leaving: 'waiting' },
  'look pair': { waiting: 'leaving hand-over' },
  'timer trial': { proving: 'going-back keep mark-bad restart' },
  'timer unproved': { proving: '.' },
  'timer leave': { leaving: 'waiting' },
  now: { waiting: 'waiting', leaving: 'leaving' },
  cancel: { fetching: 'idle abort clear keep', checking: 'idle abort clear keep', waiting: 'idle stay keep' },
  'restart-failed': { restarting: 'waiting', 'going-back': '.' },
  proved: { proving: 'idle keep' },
  'not-proved': { proving: 'proving' },
};

for (const [name, input] of Object.entries(inputs)) {
  for (const [phase, before] of Object.entries(states) as [UpdatePhase, UpdateState][]) {
    test(`${name} while ${phase}`, () => {
      const { state: after, effects, answer } = updateStep(before, input);
      const does = effects.filter(({ type }) => type !== 'tell').map(({ type }) => type);
      const wanted = table[name]?.[phase] ?? '.';
      if (wanted === '.') {
        assert.is(after, before);
        assert.equal(does, []);
      } else {
        assert.is([after.phase, ...does].join(' '), wanted);
        assert.is.not(after, before);
      }
      const isCommand = ['order', 'now', 'cancel'].includes(input.type);
      assert.is(answer !== null, isCommand, 'commands are answered');
      if (isCommand) assert.is(answer?.ok, wanted !== '.');
    });
  }
}

/** What a start finds: step of the record, slot that runs, whether it is good, whether the machine has restarted since. */
const starts: readonly (readonly [UpdateStep, string, boolean, boolean, string, string | null])[] = [
  ['none', 'A', true, true, 'idle', null],
  ['none', 'A', false, true, 'proving prove', null],
  ['none', 'B', false, true, 'proving keep prove', null],
  ['installing', 'A', true, true, 'idle clear keep', 'failed'],
  ['installing', 'A', false, true, 'proving clear keep prove', 'failed'],
  ['installing', 'A', true, false, 'idle clear keep', 'failed'],
  ['installing', 'B', false, true, 'proving keep prove', null],
  ['installed', 'A', true, false, 'waiting', null],
  ['installed', 'A', false, true, 'proving clear keep prove', 'rolled-back'],
  ['installed', 'B', false, true, 'proving keep prove', null],
  ['installed', 'B', true, true, 'idle clear keep', 'good'],
  ['trying', 'A', false, true, 'proving clear keep prove', 'rolled-back'],
  ['trying', 'B', false, false, 'proving keep prove', null],
  ['trying', 'B', true, false, 'idle clear keep', 'good'],
  ['failed', 'A', false, true, 'proving clear keep prove', 'rolled-back'],
  ['failed', 'B', false, true, 'going-back keep mark-bad restart', null],
];

for (const [step, slot, good, again, wanted, end] of starts) {
  test(`a start in slot ${slot}, ${good ? 'good' : 'not good'}, ${again ? 'after a restart of the machine' : 'of the program alone'}, with the record ${step}`, () => {
    const record = step === 'none' ? {} : inStep(step);
    const before = state('idle', record, { version: slot === 'A' ? '0.1.0' : '0.2.0', slots: null });
    const { state: after, effects } = updateStep(before, { type: 'started', slots: booted(slot, good, again ? 'boot-2' : 'boot-1'), nowMs: 5 });
    assert.is([after.phase, ...effects.filter(({ type }) => type !== 'tell').map(({ type }) => type)].join(' '), wanted);
    assert.is(after.record.outcomes[0]?.end ?? null, end);
  });
}

test('the program may end three times while it is tried; the fourth start gives the version up', () => {
  let now = state('idle', inStep('installed'), { version: '0.2.0' });
  for (const wanted of ['proving', 'proving', 'proving', 'going-back']) {
    now = updateStep({ ...now, phase: 'idle' }, { type: 'started', slots: booted('B', false, 'boot-2'), nowMs: 5 }).state;
    assert.is(now.phase, wanted);
  }
  assert.match(now.record.reason, 'ended 3 times');
});

test('a version that proves itself raises the floor and what the data need, and remembers the one before; nothing lowers them', () => {
  const release = { ...ownRelease, floor: '0.2.0', data: 3, dataFrom: 2 };
  const proved = updateStep({ ...states.proving, release }, { type: 'proved', nowMs: 9 }).state;
  assert.equal([proved.record.floor, proved.record.dataNeeds, proved.record.good?.slot, proved.record.older?.slot, proved.record.step], ['0.2.0', 2, 'B', 'A', 'none']);
  assert.equal(proved.record.outcomes[0], { atMs: 9, from: '0.1.0', version: '0.2.0', end: 'good', reason: '' });
  const lower = updateStep({ ...states.proving, record: { ...states.proving.record, floor: '0.9.0', dataNeeds: 7 }, release }, { type: 'proved', nowMs: 9 }).state;
  assert.equal([lower.record.floor, lower.record.dataNeeds], ['0.9.0', 7]);
});

test('what is tried has its time limit, what is not has another, and the partner one of its own', () => {
  assert.equal(updateTimers(states.proving), { trial: 'boot-1' });
  assert.equal(updateTimers(state('proving', {}, { slots: booted('A', false) })), { unproved: 'start' });
  assert.equal(updateTimers(states.leaving), { leave: 'partner' });
  const left = updateStep(states.leaving, { type: 'look', calls: 2, serves: false, partnerFit: false }).state;
  assert.equal([updateTimers(left), left.order?.restart, updateStep(left, { type: 'look', calls: 0, serves: false, partnerFit: false }).state.phase], [{}, 'idle', 'restarting'], 'once it has taken over, calls that stand are waited for as long as they last');
  for (const phase of ['idle', 'fetching', 'installing', 'waiting', 'restarting'] as const) assert.equal(updateTimers(states[phase]), {});
});

test('a restart that waits for a command comes neither with silence nor with a partner', () => {
  const waits = { ...states.waiting, order: { ...order, restart: 'command' as const } };
  for (const input of ['look idle', 'look pair']) assert.is(updateStep(waits, inputs[input] as UpdateInput).state.phase, 'waiting');
  const now = updateStep(waits, { type: 'now' }).state;
  assert.is(updateStep(now, inputs['look calls'] as UpdateInput).state.phase, 'restarting', 'calls are ended then');
});

test('back goes to what was good before, unless it could not read the data, is below the floor, or the slot has it no more', () => {
  const back = { type: 'order', order: { kind: 'slot', source: 'the other slot', by: 'bob', restart: 'idle' }, slots: booted('B') } as const;
  const good = state('idle', { good: slotB, older: slotA }, { version: '0.2.0', slots: booted('B') });
  const asked = updateStep(good, back);
  assert.equal([asked.state.phase, asked.state.record.target, asked.effects[1]?.type], ['waiting', slotA, 'start-other']);
  for (const [why, record] of [['takes format 4', { dataNeeds: 4 }], ['older than 0.2.0', { floor: '0.2.0' }], ['holds no version', { older: null }]] as const) {
    const { answer, state: after } = updateStep({ ...good, record: { ...good.record, ...record } }, back);
    assert.equal([answer?.ok, after.phase], [false, 'idle']);
    assert.match(answer?.text ?? '', why);
  }
});

test('outcomes are kept newest first, and not for ever', () => {
  let now = states.checking;
  for (let count = 0; count < keptOutcomes + 5; count++) now = { ...updateStep({ ...now, phase: 'checking' }, { type: 'refused', version: String(count), reason: '', nowMs: count }).state };
  assert.equal([now.record.outcomes.length, now.record.outcomes[0]?.version], [keptOutcomes, String(keptOutcomes + 4)]);
});

test.run();

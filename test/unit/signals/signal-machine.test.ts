import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { litAt, ledPatterns, type LedPattern } from '../../../firmware/signals/led-patterns.ts';
import { darkSignals, signalStep, type SignalFacts } from '../../../firmware/signals/signal-machine.ts';

const well: SignalFacts = { phase: 'serving', health: 'well', partnerHeard: null, pbxHeard: null, newMessages: 0, contactsClosed: 0, emergencyCall: false };
const phases = ['starting', 'serving', 'standby', 'stopping'] as const;
const healths = ['well', 'ill', 'past-help'] as const;

const statusTable: readonly (readonly [(typeof phases)[number], (typeof healths)[number], LedPattern])[] = [
  ['starting', 'well', 'fast'], ['starting', 'ill', 'fast'], ['starting', 'past-help', 'fast'],
  ['serving', 'well', 'on'], ['serving', 'ill', 'slow'], ['serving', 'past-help', 'double'],
  ['standby', 'well', 'flash'], ['standby', 'ill', 'slow'], ['standby', 'past-help', 'double'],
  ['stopping', 'well', 'fast'], ['stopping', 'ill', 'fast'], ['stopping', 'past-help', 'fast'],
];

test('status LED: every phase and health', () => {
  assert.is(statusTable.length, phases.length * healths.length);
  for (const [phase, health, pattern] of statusTable) assert.is(signalStep(darkSignals, { ...well, phase, health }).status, pattern, `${phase} ${health}`);
});

for (const [partnerHeard, pbxHeard, pattern] of [
  [null, null, 'off'], [true, null, 'on'], [null, true, 'on'], [true, true, 'on'], [false, true, 'slow'], [true, false, 'slow'], [false, false, 'fast'], [false, null, 'fast'], [null, false, 'fast'],
] as const) {
  test(`link LED: partner ${partnerHeard}, PBX ${pbxHeard}: ${pattern}`, () => assert.is(signalStep(darkSignals, { ...well, partnerHeard, pbxHeard }).link, pattern));
}

test('message LED and alarm contact', () => {
  const shown = (part: Partial<SignalFacts>) => signalStep(darkSignals, { ...well, ...part });
  assert.equal([shown({}).message, shown({ newMessages: 1 }).message], ['off', 'slow']);
  assert.equal([shown({}).alarmOut, shown({ contactsClosed: 1 }).alarmOut, shown({ health: 'ill' }).alarmOut, shown({ health: 'past-help' }).alarmOut], [false, true, true, true]);
});

test('transfer relay: held only while the unit is well, and never switched during an emergency call', () => {
  for (const held of [false, true]) {
    for (const phase of phases) {
      for (const health of healths) {
        const before = { ...darkSignals, transferRelay: held };
        const up = (phase === 'serving' || phase === 'standby') && health !== 'past-help';
        assert.is(signalStep(before, { ...well, phase, health }).transferRelay, up, `${held} ${phase} ${health}`);
        assert.is(signalStep(before, { ...well, phase, health, emergencyCall: true }).transferRelay, held, `${held} ${phase} ${health}, emergency`);
      }
    }
  }
  assert.is(darkSignals.transferRelay, false);
});

test('patterns: each is lit and dark as its table says, round after round', () => {
  for (const pattern of Object.keys(ledPatterns) as LedPattern[]) {
    const steps: readonly number[] = ledPatterns[pattern];
    if (steps.length < 2) {
      assert.equal(litAt(pattern, 12_345), { lit: pattern === 'on', forMs: Infinity });
      continue;
    }
    let atMs = 0;
    for (let step = 0; step < 3 * steps.length; step++) {
      const ms = steps[step % steps.length] as number;
      assert.equal(litAt(pattern, atMs), { lit: step % 2 === 0, forMs: ms }, `${pattern} at ${atMs}`);
      assert.equal(litAt(pattern, atMs + ms - 1), { lit: step % 2 === 0, forMs: 1 });
      atMs += ms;
    }
    assert.is(steps.length % 2, 0, `${pattern} ends dark`);
  }
});

test.run();

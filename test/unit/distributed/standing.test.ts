// Every standing with every input.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Standing, StandingInput, StandingStep } from '../../../firmware/distributed/standing.ts';
import { collectsHere, firstStanding, lampsHere, patienceMs, standingStep } from '../../../firmware/distributed/standing.ts';

const times = { awayMs: 8000, returnMs: 10_000 };
const state = (name: Standing['name'], more: Partial<Standing> = {}): Standing => ({ name, there: false, waiting: 0, pbx: true, settled: false, ...more });

const states: Readonly<Record<string, Standing>> = {
  'following': state('following', { there: true }),
  'following, lost': state('following'),
  'alone': state('alone'),
  'returning': state('returning', { there: true }),
  'returning, waiting': state('returning', { there: true, waiting: 2 }),
  'returning, settled': state('returning', { there: true, waiting: 2, settled: true }),
  'returning, lost': state('returning', { waiting: 2 }),
};

const inputs: Readonly<Record<string, StandingInput>> = {
  'found': { type: 'found' },
  'lost just now': { type: 'lost', silentMs: 3000, why: 'it closed the connection' },
  'lost long ago': { type: 'lost', silentMs: 8000, why: 'this unit has joined no site yet' },
  'away': { type: 'timer', timer: 'away' },
  'settled': { type: 'timer', timer: 'settled' },
  'patience': { type: 'timer', timer: 'patience' },
  'none waits': { type: 'waiting', messages: 0 },
  'one waits': { type: 'waiting', messages: 1 },
  'no PBX': { type: 'pbx', answers: false },
};

/** standing -> input -> 'next: effects'; what is not listed changes neither the name nor does anything. */
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'following': { 'found': 'following: -away', 'lost just now': 'following: +away 5000', 'lost long ago': 'alone: -away told' },
  'following, lost': { 'found': 'following: -away', 'lost just now': 'following: +away 5000', 'lost long ago': 'alone: -away told', 'away': 'alone: told' },
  'alone': { 'found': 'returning: +settled 10000 told' },
  'returning': { 'found': 'returning: -away +settled 10000', 'lost just now': 'returning: -settled -patience +away 5000', 'lost long ago': 'alone: -settled -patience -away told', 'settled': 'following: told' },
  'returning, waiting': { 'found': 'returning: -away +settled 10000', 'lost just now': 'returning: -settled -patience +away 5000', 'lost long ago': 'alone: -settled -patience -away told', 'settled': `returning: +patience ${patienceMs}` },
  'returning, settled': {
    'found': 'returning: -away +settled 10000', 'lost just now': 'returning: -settled -patience +away 5000', 'lost long ago': 'alone: -settled -patience -away told', 'settled': `returning: +patience ${patienceMs}`,
    'patience': 'following: told', 'none waits': 'following: -patience told',
  },
  'returning, lost': { 'found': 'returning: -away +settled 10000', 'lost just now': 'returning: -settled -patience +away 5000', 'lost long ago': 'alone: -settled -patience -away told', 'away': 'alone: told' },
};

function words({ state: { name }, effects }: StandingStep): string {
  const said = effects.map((effect) => (effect.type === 'changed' ? 'told' : effect.type === 'arm' ? `+${effect.timer} ${effect.ms}` : `-${effect.timer}`));
  return `${name}:${said.map((word) => ` ${word}`).join('')}`;
}

test('every standing takes every input as the table says', () => {
  for (const [from, before] of Object.entries(states)) {
    for (const [what, input] of Object.entries(inputs)) {
      assert.is(words(standingStep(times, before, input)), table[from]?.[what] ?? `${before.name}:`, `${from} + ${what}`);
    }
  }
});

test('a change always says why, and what it says of a change is what happened', () => {
  for (const before of Object.values(states)) {
    for (const input of Object.values(inputs)) {
      const step = standingStep(times, before, input);
      const changed = step.effects.filter((effect) => effect.type === 'changed');
      assert.is(changed.length, step.state.name === before.name ? 0 : 1);
      for (const effect of changed) assert.ok(effect.type === 'changed' && effect.from === before.name && effect.to === step.state.name && effect.cause.length > 10);
    }
  }
});

test('at the start the central unit is given its time', () => {
  assert.is(words(firstStanding(times)), 'following: +away 8000');
});

test('a unit that is cut off itself says so', () => {
  const { effects } = standingStep(times, { ...state('following'), pbx: false }, { type: 'timer', timer: 'away' });
  assert.match(effects.map((effect) => (effect.type === 'changed' ? effect.cause : '')).join(), /this unit is cut off/);
});

test('owners collect here unless it follows; lamps are its own while it is alone', () => {
  const all = (['following', 'alone', 'returning'] as const).map((name) => [name, collectsHere(state(name)), lampsHere(state(name))]);
  assert.equal(all, [['following', false, false], ['alone', true, true], ['returning', true, false]]);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TelephoneEffect, TelephoneInput, TelephoneState } from '../../../../firmware/lines/phones/telephone-machine.ts';
import { firstDigitMs, howlerMs, interDigitMs, maxDigits, telephoneStep, toneMs } from '../../../../firmware/lines/phones/telephone-machine.ts';

const states: Record<string, TelephoneState> = {
  blocked: { name: 'blocked' },
  idle: { name: 'idle' },
  ringing: { name: 'ringing' },
  'dial-tone': { name: 'dial-tone' },
  'dialling 20': { name: 'dialling', digits: '20' },
  calling: { name: 'calling' },
  talking: { name: 'talking' },
  tone: { name: 'tone' },
  howler: { name: 'howler' },
  'left-lifted': { name: 'left-lifted' },
};
const simple = (type: 'opened' | 'blocked' | 'lifted' | 'put-down' | 'flash' | 'timeout' | 'ring' | 'stop-ringing' | 'alerting' | 'answered' | 'ended'): TelephoneInput => ({ type });
const inputs: Record<string, TelephoneInput> = {
  opened: simple('opened'), blocked: simple('blocked'), lifted: simple('lifted'), 'put down': simple('put-down'), flash: simple('flash'),
  'digit 1': { type: 'digit', digit: '1', complete: false },
  'last digit 1': { type: 'digit', digit: '1', complete: true },
  timeout: simple('timeout'), ring: simple('ring'), 'stop ringing': simple('stop-ringing'),
  alerting: simple('alerting'), answered: simple('answered'),
  busy: { type: 'refused', tone: 'busy' }, congestion: { type: 'refused', tone: 'congestion' },
  ended: simple('ended'),
};
const waits: Record<number, string> = { [firstDigitMs]: 'first digit', [interDigitMs]: 'next digit', [toneMs]: 'tone', [howlerMs]: 'howler' };

const refusesRing = { ring: 'refuse-ring' };
const lifted = { ...refusesRing, 'put down': 'idle: stop-waiting', blocked: 'blocked: stop-waiting' };
const inCall = { ...refusesRing, 'put down': 'idle: hang-up(put-down)', blocked: 'blocked: hang-up(lost)' };
const howls = 'howler: tone(howler) wait(howler)';

/** state -> input -> 'next state: effects', or the effects alone where the state stays; what is not listed changes nothing. */
const table: Record<string, Record<string, string>> = {
  blocked: { ...refusesRing, opened: 'idle:' },
  idle: { ring: 'ringing: start-ringing', lifted: 'dial-tone: tone(dial) wait(first digit)', blocked: 'blocked:' },
  ringing: { ...refusesRing, lifted: 'talking: answer', 'stop ringing': 'idle: stop-ringing', blocked: 'blocked: hang-up(lost)' },
  'dial-tone': { ...lifted, timeout: howls, 'digit 1': 'dialling 1: tone(none) wait(next digit)', 'last digit 1': 'calling: stop-waiting tone(none) dial(1)' },
  'dialling 20': { ...lifted, timeout: 'calling: stop-waiting tone(none) dial(20)', 'digit 1': 'dialling 201: wait(next digit)', 'last digit 1': 'calling: stop-waiting tone(none) dial(201)' },
  calling: {
    ...inCall, alerting: 'tone(ringback)', answered: 'talking:', ended: 'tone: disconnect tone(busy) wait(tone)',
    busy: 'tone: tone(busy) wait(tone)', congestion: 'tone: tone(congestion) wait(tone)',
  },
  talking: { ...inCall, ended: 'tone: disconnect tone(busy) wait(tone)', 'stop ringing': 'tone: disconnect tone(busy) wait(tone)' },
  tone: { ...lifted, timeout: howls },
  howler: { ...lifted, timeout: 'left-lifted: tone(none)' },
  'left-lifted': { ...refusesRing, 'put down': 'idle:', blocked: 'blocked:' },
};

const nameOf = (state: TelephoneState): string => (state.name === 'dialling' ? `dialling ${state.digits}` : state.name);

function effectText(effect: TelephoneEffect): string {
  switch (effect.type) {
    case 'tone':
      return `tone(${effect.tone ?? 'none'})`;
    case 'wait':
      return `wait(${waits[effect.ms] ?? effect.ms})`;
    case 'dial':
      return `dial(${effect.digits})`;
    case 'hang-up':
      return `hang-up(${effect.why})`;
    default:
      return effect.type;
  }
}

test('every state takes every input as the table says', () => {
  for (const [from, state] of Object.entries(states)) {
    for (const [what, input] of Object.entries(inputs)) {
      const step = telephoneStep(state, input);
      const got = [`${nameOf(step.state)}:`, ...step.effects.map(effectText)].join(' ');
      const row = table[from]?.[what] ?? `${from}:`;
      assert.is(got, row.includes(':') ? row : `${from}: ${row}`, `${from} + ${what}`);
    }
  }
});

test('whoever dials without an end is connected by what fits', () => {
  let state: TelephoneState = { name: 'dial-tone' };
  let dialled = '';
  for (let count = 0; count < maxDigits + 5; count++) {
    const step = telephoneStep(state, { type: 'digit', digit: '7', complete: false });
    state = step.state;
    for (const effect of step.effects) if (effect.type === 'dial') dialled = effect.digits;
  }
  assert.is(dialled, '7'.repeat(maxDigits));
  assert.is(state.name, 'calling');
});

test.run();

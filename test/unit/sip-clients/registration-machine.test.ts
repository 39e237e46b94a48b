import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RegistrationInput, RegistrationState } from '../../../firmware/sip/registration/registration-machine.ts';
import { registrationStep } from '../../../firmware/sip/registration/registration-machine.ts';

const states: RegistrationState[] = ['idle', 'registering', 'registered', 'waiting', 'retiring', 'leaving', 'gone'];
const inputs: RegistrationInput[] = ['start', 'accepted', 'refused', 'due', 'stop', 'retire', 'replaced', 'abandon'];

/** All that changes anything; every other pair leaves the state alone and does nothing. */
const steps: Readonly<Record<string, string>> = {
  'idle start': 'registering: send',
  'idle stop': 'gone: finish',
  'registering accepted': 'registered: tell-registered wait-to-refresh',
  'registering refused': 'waiting: tell-failed wait-to-retry',
  'registering stop': 'leaving: send-removal',
  'registered due': 'registering: send',
  'registered stop': 'leaving: send-removal',
  'waiting due': 'registering: send',
  'waiting stop': 'gone: finish',
  'leaving accepted': 'gone: finish',
  'leaving refused': 'gone: finish',
  'idle retire': 'gone: finish',
  'registering retire': 'leaving: send-removal',
  'registered retire': 'retiring: send-query',
  'waiting retire': 'gone: finish',
  'retiring accepted': 'retiring: wait-to-query',
  'retiring due': 'retiring: send-query',
  'retiring replaced': 'leaving: send-removal',
  'retiring refused': 'leaving: send-removal',
  'retiring stop': 'leaving: send-removal',
  'retiring start': 'registering: send',
  'retiring abandon': 'gone: finish',
  'idle abandon': 'gone: finish',
  'registering abandon': 'gone: finish',
  'registered abandon': 'gone: finish',
  'waiting abandon': 'gone: finish',
  'leaving abandon': 'gone: finish',
};

test('every state with every input', () => {
  for (const state of states) {
    for (const input of inputs) {
      const { to, effects } = registrationStep(state, input);
      assert.is(`${to}: ${effects.join(' ')}`, steps[`${state} ${input}`] ?? `${state}: `, `${state} ${input}`);
    }
  }
});

test('stop leads to the end from everywhere, whatever the registrar answers', () => {
  for (const state of states) {
    const stopped = registrationStep(state, 'stop').to;
    for (const answer of ['accepted', 'refused'] as const) assert.is(registrationStep(stopped, answer).to, 'gone', state);
  }
});

test.run();

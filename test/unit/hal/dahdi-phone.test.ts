// The machine of a phone port: every state against every input.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DahdiEvent } from '../../../hal/drivers/dahdi/dahdi-event.ts';
import { phoneMachine, type PhoneState } from '../../../hal/drivers/dahdi/phone-machine.ts';
import type { PortEffect, PortInput } from '../../../hal/drivers/dahdi/port-machine.ts';

const event = (name: Exclude<DahdiEvent['name'], 'digit' | 'other'>): PortInput => ({ type: 'event', event: { name } });
const retry: PortInput = { type: 'timer', timer: 'retry' };

function short(effect: PortEffect): string {
  switch (effect.type) {
    case 'hook': return `hook ${effect.action}`;
    case 'wait': return `wait ${effect.timer} ${effect.ms}`;
    case 'stop-waiting': return `stop ${effect.timer}`;
    case 'tell': return `tell ${effect.happening.type}`;
    case 'cadence': return `cadence ${effect.cadenceMs}`;
    case 'polarity': return `polarity ${effect.reversed}`;
    case 'lamp': return `lamp ${effect.lit}`;
    default: return effect.type;
  }
}

function after(inputs: readonly PortInput[]): { state: PhoneState; effects: string[] } {
  let step = phoneMachine.initial;
  for (const input of inputs) step = phoneMachine.next(step.state, input);
  return { state: step.state, effects: step.effects.map(short).filter((text) => !text.startsWith('stop ')) };
}

const ring: PortInput = { type: 'ring', cadenceMs: [1000, 2000] };
const lifted = [event('ring-off-hook'), { type: 'done', what: 'off' } as const];
const released = [...lifted, { type: 'release' } as const, { type: 'done', what: 'on' } as const];
const states: Readonly<Record<string, readonly PortInput[]>> = {
  idle: [], ringing: [ring, { type: 'done', what: 'ring' }], busy: [ring, { type: 'busy', what: 'ring' }], lifted, reversed: [...lifted, { type: 'polarity', reversed: true }], released,
};
const rings = ['cadence 1000,2000', 'hook ring'];
const none = { idle: [], ringing: [], busy: [], lifted: [], reversed: [], released: [] };

const table: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ring: { ...none, idle: rings, ringing: rings, busy: rings },
  'stop-ringing': { ...none, ringing: ['hook ring-off'], busy: ['hook ring-off'] },
  release: { ...none, ringing: ['hook ring-off'], busy: ['hook ring-off'], lifted: ['hook on'], reversed: ['polarity false', 'hook on'] },
  'ring-off-hook': { ...none, idle: ['hook off', 'tell off-hook'], ringing: ['hook off', 'tell off-hook'], busy: ['hook off', 'tell off-hook'], released: ['hook off', 'tell on-hook', 'tell off-hook'] },
  'on-hook': { ...none, lifted: ['hook on', 'renew-echo', 'tell on-hook'], reversed: ['polarity false', 'hook on', 'renew-echo', 'tell on-hook'], released: ['renew-echo', 'tell on-hook'] },
  'flash-event': { ...none, lifted: ['tell flash'], reversed: ['tell flash'], released: ['tell flash'] },
  'ringer-on': { ...none, ringing: ['tell ring-started'], busy: ['tell ring-started'] },
  'ringer-off': { ...none, ringing: ['tell ring-stopped'], busy: ['tell ring-stopped'] },
  alarm: Object.fromEntries(Object.keys(states).map((state) => [state, ['tell alarm']])),
  lamp: Object.fromEntries(Object.keys(states).map((state) => [state, ['lamp true']])),
  polarity: { ...none, lifted: ['polarity true'], released: ['polarity true'] },
  seize: none,
  dial: none,
  flash: none,
  'hook-complete': none,
  retry: { ...none, busy: rings },
};

function inputOf(name: string): PortInput {
  switch (name) {
    case 'ring': return ring;
    case 'seize': case 'release': case 'flash': case 'stop-ringing': return { type: name };
    case 'dial': return { type: 'dial', digits: '1', how: 'tone' };
    case 'lamp': return { type: 'lamp', lit: true };
    case 'polarity': return { type: 'polarity', reversed: true };
    case 'flash-event': return event('flash');
    case 'retry': return retry;
    default: return event(name as 'on-hook');
  }
}

for (const [name, expected] of Object.entries(table)) {
  test(`${name} in every state`, () => {
    assert.equal(Object.keys(expected).sort(), Object.keys(states).sort());
    for (const [state, inputs] of Object.entries(states)) assert.equal(after([...inputs, inputOf(name)]).effects, expected[state], `in ${state}`);
  });
}

test('lifted in the battery drop or its guard: the port goes off-hook as soon as it may', () => {
  const again = [...released, event('on-hook'), event('ring-off-hook'), { type: 'busy', what: 'off' } as const];
  assert.equal(after(again).effects, ['wait retry 100']);
  assert.equal(after([...again, retry]).effects, ['hook off']);
  assert.equal(after([...again, event('on-hook'), retry]).effects, []);
});

test('ringing in the guard after a call is asked for again, until it is stopped or lifted', () => {
  assert.equal(after([ring, { type: 'busy', what: 'ring' }, retry]).effects, rings);
  assert.equal(after([ring, { type: 'busy', what: 'ring' }, { type: 'stop-ringing' }, retry]).effects, []);
  assert.equal(after([ring, { type: 'busy', what: 'ring' }, event('ring-off-hook'), retry]).effects, []);
});

test('a port that stays busy is an alarm, and rings no more', () => {
  const inputs: PortInput[] = [ring];
  for (let count = 0; count < 20; count++) inputs.push({ type: 'busy', what: 'ring' }, retry);
  const { state, effects } = after([...inputs, { type: 'busy', what: 'ring' }]);
  assert.equal(effects, ['tell alarm']);
  assert.is(state.cadenceMs, null);
});

test('an alarm of the port ends by its own word, one of a refused call by the next that succeeds', () => {
  assert.equal(after([event('alarm'), event('no-alarm')]).effects, ['tell clear']);
  assert.equal(after([event('alarm'), ring, { type: 'done', what: 'ring' }]).effects, []);
  assert.equal(after([ring, { type: 'refused', what: 'ring', text: 'EIO' }, ring, { type: 'done', what: 'ring' }]).effects, ['tell clear']);
  assert.equal(after([ring, { type: 'refused', what: 'ring', text: 'EIO' }, event('no-alarm')]).effects, []);
});

test('an empty cadence does not ring', () => {
  assert.equal(after([{ type: 'ring', cadenceMs: [] }]).effects, []);
});

test('digits and faxes are told in any state', () => {
  assert.equal(after([{ type: 'event', event: { name: 'digit', digit: '4', via: 'pulse' } }]).effects, ['tell digit']);
  assert.equal(after([event('fax')]).effects, ['tell tone']);
});

test.run();

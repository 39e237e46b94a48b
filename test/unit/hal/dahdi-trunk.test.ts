// The machine of a trunk port: every state against every input, and the rules of the kernel that it lives by.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DahdiEvent } from '../../../hal/drivers/dahdi/dahdi-event.ts';
import type { PortEffect, PortInput } from '../../../hal/drivers/dahdi/port-machine.ts';
import { guardMs, settleMs, trunkMachine, type TrunkOptions, type TrunkState } from '../../../hal/drivers/dahdi/trunk-machine.ts';

const usual: TrunkOptions = { openMs: 60, reversal: 'second' };
const event = (name: Exclude<DahdiEvent['name'], 'digit' | 'other'>): PortInput => ({ type: 'event', event: { name } });
const timer = (which: 'guard' | 'settle' | 'loop' | 'dial' | 'flash' | 'retry'): PortInput => ({ type: 'timer', timer: which });

/** Effects in short: 'hook off', 'wait guard 2000', 'tell off-hook'. */
function short(effect: PortEffect): string {
  switch (effect.type) {
    case 'hook': return `hook ${effect.action}`;
    case 'wait': return `wait ${effect.timer} ${effect.ms}`;
    case 'stop-waiting': return `stop ${effect.timer}`;
    case 'tell': return `tell ${effect.happening.type}${'by' in effect.happening ? ` ${effect.happening.by}` : ''}${'reversed' in effect.happening ? ` ${effect.happening.reversed}` : ''}`;
    case 'dial': return `dial ${effect.digits}`;
    default: return effect.type;
  }
}

/** The state after `inputs`, and the effects of the last one but for timers that end. */
function after(inputs: readonly PortInput[], options = usual): { state: TrunkState; effects: string[] } {
  const machine = trunkMachine(options);
  let step = machine.initial;
  for (const input of inputs) step = machine.next(step.state, input);
  return { state: step.state, effects: step.effects.map(short).filter((text) => !text.startsWith('stop ')) };
}

const idle = [timer('guard')];
const seizing = [...idle, { type: 'seize' } as const];
const offHook = [...seizing, { type: 'done', what: 'off' } as const];
const settled = [...offHook, timer('settle')];
const dialling = [...settled, { type: 'dial', digits: '42', how: 'tone' } as const];
const flashing = [...settled, { type: 'flash' } as const];
const released = [...settled, { type: 'release' } as const];
const states: Readonly<Record<string, readonly PortInput[]>> = { guard: [], idle, ringing: [...idle, event('ring-begin')], seizing, offHook, settled, dialling, flashing, released };

const table: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  seize: { guard: [], idle: ['hook off'], ringing: ['hook off'], seizing: [], offHook: [], settled: [], dialling: [], flashing: [], released: [] },
  release: { guard: [], idle: [], ringing: [], seizing: ['hook on', 'renew-echo', 'wait guard 2000'], offHook: ['hook on', 'renew-echo', 'wait guard 2000'], settled: ['hook on', 'renew-echo', 'wait guard 2000'], dialling: ['hook on', 'renew-echo', 'wait guard 2000'], flashing: ['hook on', 'renew-echo', 'wait guard 2000'], released: [] },
  dial: { guard: [], idle: [], ringing: [], seizing: [], offHook: ['dial 1', 'wait dial 2600'], settled: ['dial 1', 'wait dial 2600'], dialling: [], flashing: [], released: [] },
  flash: { guard: [], idle: [], ringing: [], seizing: [], offHook: [], settled: ['hook flash', 'wait flash 5000'], dialling: [], flashing: [], released: [] },
  'ring-begin': { guard: ['tell ring-started'], idle: ['tell ring-started'], ringing: [], seizing: [], offHook: [], settled: [], dialling: [], flashing: [], released: ['tell ring-started'] },
  'ring-off-hook': { guard: ['tell ring-started', 'tell ring-stopped'], idle: ['tell ring-started', 'tell ring-stopped'], ringing: ['tell ring-stopped'], seizing: [], offHook: [], settled: [], dialling: [], flashing: [], released: ['tell ring-started', 'tell ring-stopped'] },
  'on-hook': { guard: [], idle: [], ringing: [], seizing: [], offHook: ['wait loop 60'], settled: ['wait loop 60'], dialling: ['wait loop 60'], flashing: ['wait loop 60'], released: [] },
  'dial-complete': { guard: [], idle: [], ringing: [], seizing: [], offHook: [], settled: [], dialling: ['tell dialled'], flashing: [], released: [] },
  'hook-complete': { guard: [], idle: [], ringing: [], seizing: [], offHook: [], settled: [], dialling: [], flashing: [], released: [] },
  polarity: { guard: ['tell polarity true'], idle: ['tell polarity true'], ringing: ['tell polarity true'], seizing: ['tell polarity true'], offHook: ['tell polarity true'], settled: ['tell polarity true'], dialling: ['tell polarity true'], flashing: ['tell polarity true'], released: ['tell polarity true'] },
  alarm: { guard: ['tell alarm'], idle: ['tell alarm'], ringing: ['tell alarm'], seizing: ['tell alarm'], offHook: ['tell disconnect battery', 'tell alarm'], settled: ['tell disconnect battery', 'tell alarm'], dialling: ['tell disconnect battery', 'tell alarm'], flashing: ['tell disconnect battery', 'tell alarm'], released: ['tell alarm'] },
  fax: Object.fromEntries(Object.keys(states).map((state) => [state, ['tell tone']])),
  'no-alarm': Object.fromEntries(Object.keys(states).map((state) => [state, []])),
  flashEvent: Object.fromEntries(Object.keys(states).map((state) => [state, []])),
  ring: Object.fromEntries(Object.keys(states).map((state) => [state, []])),
  lamp: Object.fromEntries(Object.keys(states).map((state) => [state, []])),
};

function inputOf(name: string): PortInput {
  switch (name) {
    case 'seize': case 'release': case 'flash': return { type: name };
    case 'dial': return { type: 'dial', digits: '1', how: 'tone' };
    case 'ring': return { type: 'ring', cadenceMs: [1000, 2000] };
    case 'lamp': return { type: 'lamp', lit: true };
    case 'flashEvent': return event('flash');
    default: return event(name as 'on-hook');
  }
}

for (const [name, expected] of Object.entries(table)) {
  test(`${name} in every state`, () => {
    assert.equal(Object.keys(expected).sort(), Object.keys(states).sort());
    for (const [state, inputs] of Object.entries(states)) assert.equal(after([...inputs, inputOf(name)]).effects, expected[state], `in ${state}`);
  });
}

test('after open and after on-hook the line is left alone for 2 s: a seizure waits for it', () => {
  assert.equal(trunkMachine(usual).initial.effects.map(short), [`wait guard ${guardMs}`]);
  assert.equal(after([{ type: 'seize' }, timer('guard')]).effects, ['hook off']);
  assert.equal(after([{ type: 'seize' }, { type: 'release' }, timer('guard')]).effects, ['tell on-hook']);
  assert.equal(after([...released, timer('guard')]).effects, ['tell on-hook']);
  assert.equal(after([...released, { type: 'seize' }, timer('guard')]).effects, ['tell on-hook', 'hook off']);
});

test('off-hook is told when the card has done it, and a flash waits until it is stable', () => {
  assert.equal(after([...seizing, { type: 'done', what: 'off' }]).effects, ['tell off-hook', `wait settle ${settleMs}`]);
  assert.equal(after([...offHook, { type: 'flash' }, timer('settle')]).effects, ['hook flash', 'wait flash 5000']);
});

test('a busy port is asked again every 100 ms, and given up after 2 s with an alarm', () => {
  let inputs: PortInput[] = [...seizing];
  for (let count = 0; count < 20; count++) {
    inputs = [...inputs, { type: 'busy', what: 'off' }];
    assert.equal(after(inputs).effects, ['wait retry 100']);
    inputs = [...inputs, timer('retry')];
    assert.equal(after(inputs).effects, ['hook off']);
  }
  assert.equal(after([...inputs, { type: 'busy', what: 'off' }]).effects, ['tell alarm', 'hook on', 'wait guard 2000']);
  assert.is(after([...inputs, { type: 'busy', what: 'off' }]).state.hook, 'guard');
});

test('a seize that the card refuses is an alarm until it has gone on-hook, which is asked for at once', () => {
  const failed = [...seizing, { type: 'refused', what: 'off', text: 'EIO' } as const];
  assert.equal(after(failed).effects.slice(-3), ['tell alarm', 'hook on', 'wait guard 2000']);
  const well = [...failed, { type: 'done', what: 'on' } as const];
  assert.equal(after(well).effects, ['tell clear']);
  assert.equal(after([...well, timer('guard')]).effects, ['tell on-hook']);
  assert.equal(after([...well, timer('guard'), { type: 'seize' }]).effects, ['hook off']);
});

test('on-hook that is refused is asked for again, and told only when it is done', () => {
  const stuck = [...released, { type: 'refused', what: 'on', text: 'EIO' } as const];
  assert.equal(after([...stuck, timer('guard')]).effects, ['hook on', 'wait guard 2000']);
  assert.equal(after([...stuck, timer('guard'), { type: 'done', what: 'on' }, timer('guard')]).effects, ['tell on-hook']);
});

test('an opening of the loop counts when it lasts', () => {
  const opened = [...settled, event('on-hook')];
  assert.equal(after([...opened, event('on-hook')]).effects, []);
  assert.equal(after([...opened, timer('loop')]).effects, ['look-at-loop']);
  assert.equal(after([...opened, timer('loop'), { type: 'loop', open: true }]).effects, ['tell disconnect loop']);
  assert.equal(after([...opened, timer('loop'), { type: 'loop', open: false }]).effects, []);
  assert.equal(after([...opened, timer('loop'), { type: 'loop', open: false }, event('on-hook')]).effects, ['wait loop 60']);
  assert.equal(after(opened, { ...usual, openMs: 0 }).effects, ['look-at-loop']);
});

test('the second reversal of a call is its end, or the first, or none', () => {
  const reversed = [...settled, event('polarity')];
  assert.equal(after([...reversed, event('polarity')]).effects, ['tell polarity false', 'tell disconnect polarity']);
  assert.equal(after(reversed, { ...usual, reversal: 'first' }).effects, ['tell polarity true', 'tell disconnect polarity']);
  assert.equal(after([...reversed, event('polarity')], { ...usual, reversal: 'ignored' }).effects, ['tell polarity false']);
  // Before the ring, as with caller ID in some countries: no call has been lost.
  assert.equal(after([...idle, event('polarity'), { type: 'seize' }, { type: 'done', what: 'off' }, event('polarity')]).effects, ['tell polarity false']);
});

test('digits and flashes follow one another', () => {
  const more = [...dialling, { type: 'dial', digits: '7', how: 'pulse' } as const, { type: 'flash' } as const];
  assert.equal(after(more).effects, []);
  assert.equal(after([...more, event('dial-complete')]).effects, ['tell dialled', 'dial 7', 'wait dial 4000']);
  assert.equal(after([...more, event('dial-complete'), event('dial-complete')]).effects, ['tell dialled', 'hook flash', 'wait flash 5000']);
  assert.equal(after([...flashing, { type: 'dial', digits: '1', how: 'tone' }, event('hook-complete')]).effects, ['dial 1', 'wait dial 2600']);
  const many = Array.from({ length: 20 }, (): PortInput => ({ type: 'flash' }));
  assert.is(after([...dialling, ...many]).state.later.length, 8);
});

test('a lost word of the kernel is asked for', () => {
  assert.equal(after([...dialling, timer('dial')]).effects, ['ask-dialling']);
  assert.equal(after([...dialling, timer('dial'), { type: 'dialling', still: true }]).effects, ['wait dial 5000']);
  assert.equal(after([...dialling, timer('dial'), { type: 'dialling', still: false }]).effects, ['tell dialled']);
  assert.is(after([...flashing, timer('flash')]).state.flashing, false);
});

test('a battery that comes back ends the alarm', () => {
  assert.equal(after([...idle, event('alarm'), event('no-alarm')]).effects, ['tell clear']);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lineStep } from '../../../firmware/lines/line-machine.ts';
import type { LineEffect, LineInput, LineRules, LineState } from '../../../firmware/lines/line-state.ts';
import type { LineHappening, LineTone } from '../../../hal/line.ts';
import type { MonotonicMs } from '../../../hal/clock.ts';

const trunk: LineRules = { kind: 'trunk', answerAfterRings: 2, disconnectTone: true };
const phone: LineRules = { ...trunk, kind: 'phone' };
const ada = { number: '5551234', name: 'ADA', absent: null } as const;
const nowMs = 100_000 as MonotonicMs;

const event = (happening: LineHappening): LineInput => ({ type: 'event', happening });
const tone = (name: LineTone | null): LineInput => event({ type: 'tone', tone: name });

/** One of each input; those of `lineStep` itself come first. */
const inputs: Readonly<Record<string, LineInput>> = {
  opened: { type: 'opened' },
  lost: { type: 'lost', text: 'unplugged' },
  alarm: event({ type: 'alarm', text: 'no battery' }),
  clear: event({ type: 'clear' }),
  time: { type: 'time' },
  answer: { type: 'answer' },
  refuse: { type: 'refuse', again: true },
  'refuse-for-good': { type: 'refuse', again: false },
  call: { type: 'call', digits: '0123', how: 'tone' },
  connect: { type: 'connect' },
  ring: { type: 'ring', cadenceMs: [1000, 4000], callerId: ada },
  'hang-up': { type: 'hang-up' },
  'ring-started': event({ type: 'ring-started' }),
  'ring-stopped': event({ type: 'ring-stopped' }),
  'caller-id': event({ type: 'caller-id', callerId: ada }),
  'off-hook': event({ type: 'off-hook' }),
  'on-hook': event({ type: 'on-hook' }),
  flash: event({ type: 'flash' }),
  digit: event({ type: 'digit', digit: '5', via: 'dtmf' }),
  dialled: event({ type: 'dialled' }),
  reversed: event({ type: 'polarity', reversed: true }),
  'turned-back': event({ type: 'polarity', reversed: false }),
  loop: event({ type: 'disconnect', by: 'loop' }),
  battery: event({ type: 'disconnect', by: 'battery' }),
  polarity: event({ type: 'disconnect', by: 'polarity' }),
  report: event({ type: 'disconnect', by: 'report' }),
  'dial-tone': tone('dial'),
  'busy-tone': tone('busy'),
  'congestion-tone': tone('congestion'),
  'ringback-tone': tone('ringback'),
  'tone-over': tone(null),
  silent: { type: 'silent' },
  underrun: event({ type: 'underrun', samples: 160 }),
  overrun: event({ type: 'overrun', samples: 160 }),
};

/** 'state | effect, effect'; the wait of a new state is left out of this account. */
function said(rules: LineRules, state: LineState, input: LineInput): string {
  const step = lineStep(rules, state, input, nowMs);
  return [nameOf(step.state), step.effects.map(effectText).filter((text) => text !== '').join(', ')].join(' | ');
}

function nameOf(state: LineState): string {
  if (state.name === 'seized') return `seized-${state.for}${'offHook' in state && state.offHook ? '-off' : ''}${'wanted' in state && state.wanted ? '-wanted' : ''}`;
  if (state.name === 'ringing') return `ringing-${state.rings}${state.offered ? '-offered' : ''}${state.callerId === null ? '' : '-known'}`;
  if (state.name === 'talking') return `talking${state.outgoing ? '-out' : ''}${state.reversed ? '-reversed' : ''}`;
  if (state.name === 'idle') return state.callerId === null ? 'idle' : 'idle-known';
  return state.name === 'disconnecting' && state.again ? 'disconnecting-again' : state.name;
}

function effectText(effect: LineEffect): string {
  if (effect.type === 'wait') return '';
  if (effect.type === 'command') return `${effect.command.type}!`;
  const { told } = effect;
  if (told.type === 'ended') return `ended ${told.by}${told.sign === null ? '' : ` by ${told.sign}`}`;
  if (told.type === 'call-failed') return `call-failed ${told.why}`;
  if (told.type === 'offered') return `offered ${told.callerId?.number ?? 'unknown'} after ${told.rings}`;
  return told.type === 'gave-up' ? `gave-up${told.offered ? ' offered' : ''}` : told.type;
}

const ringing = (rings: number, part: Partial<Extract<LineState, { name: 'ringing' }>> = {}): LineState => ({ name: 'ringing', rings, lastMs: nowMs - 4000, callerId: null, offered: false, ...part });

type Table = Readonly<Record<string, { readonly in: LineState; readonly then: Readonly<Record<string, string>> }>>;

const gone = (sign: string): string => `disconnecting | release!, ended remote by ${sign}`;
const always = (told: string, release: boolean): Record<string, string> => ({
  opened: `idle | ${told === '' ? '' : `${told}, `}lost, opened, free`,
  lost: `closed | ${told === '' ? '' : `${told}, `}lost`,
  alarm: `blocked | ${release ? 'release!, ' : ''}${told === '' ? '' : `${told}, `}blocked`,
});

const trunkTable: Table = {
  closed: { in: { name: 'closed' }, then: { opened: 'idle | opened, free', call: 'closed | call-failed in-use' } },
  blocked: { in: { name: 'blocked', text: 'x' }, then: { opened: 'idle | lost, opened, free', lost: 'closed | lost', clear: 'idle | clear, free', call: 'blocked | call-failed in-use' } },
  idle: {
    in: { name: 'idle', callerId: null },
    then: { ...always('', false), call: 'seized-call | seize!', 'ring-started': 'ringing-1 | ', 'caller-id': 'idle-known | ' },
  },
  'idle, number told before the ring': {
    in: { name: 'idle', callerId: ada },
    then: { ...always('', false), call: 'seized-call | seize!', 'ring-started': 'ringing-1-known | ', time: 'idle | ' },
  },
  'ringing, first ring': {
    in: ringing(1),
    then: {
      ...always('gave-up', false), time: 'idle | gave-up, free', call: 'ringing-1 | call-failed glare', 'refuse-for-good': 'ringing-1-offered | ',
      'ring-started': 'ringing-2 | ', 'caller-id': 'ringing-1-known | ',
    },
  },
  'ringing, second ring': {
    in: ringing(2, { callerId: ada }),
    then: {
      ...always('gave-up', false), time: 'idle | gave-up, free', call: 'ringing-2-known | call-failed glare', 'refuse-for-good': 'ringing-2-offered-known | ',
      'ring-stopped': 'ringing-2-offered-known | offered 5551234 after 2', 'ring-started': 'ringing-3-offered-known | offered 5551234 after 3',
    },
  },
  'ringing, offered': {
    in: ringing(2, { offered: true }),
    then: {
      ...always('gave-up offered', false), time: 'idle | gave-up offered, free', call: 'ringing-2-offered | call-failed glare', answer: 'seized-answer | seize!', refuse: 'ringing-2 | ',
      'ring-started': 'ringing-3-offered | ', 'caller-id': 'ringing-2-offered-known | ',
    },
  },
  'seized to answer': {
    in: { name: 'seized', for: 'answer' },
    then: {
      ...always('ended failure', true), time: 'disconnecting | release!, ended failure', 'off-hook': 'talking | answered', 'hang-up': 'disconnecting | release!, ended local', call: 'seized-answer | call-failed in-use',
      'on-hook': 'guard | ended remote by report', loop: gone('loop'), battery: gone('battery'), report: gone('report'), 'busy-tone': gone('tone'), 'congestion-tone': gone('tone'),
    },
  },
  'seized to call': {
    in: { name: 'seized', for: 'call', offHook: false, digits: '1', how: 'tone' },
    then: {
      ...always('call-failed device', true), time: 'disconnecting | release!, call-failed device', 'hang-up': 'disconnecting | release!, call-failed cancelled', call: 'seized-call | call-failed in-use',
      'off-hook': 'seized-call-off | ', 'ring-started': 'seized-glare | call-failed glare, offered unknown after 0',
      'busy-tone': 'disconnecting | release!, call-failed busy', 'congestion-tone': 'disconnecting | release!, call-failed busy',
    },
  },
  'seized to call, off-hook': {
    in: { name: 'seized', for: 'call', offHook: true, digits: '1', how: 'tone' },
    then: {
      ...always('call-failed device', true), time: 'disconnecting | release!, call-failed no-dial-tone', 'hang-up': 'disconnecting | release!, call-failed cancelled', call: 'seized-call-off | call-failed in-use',
      'dial-tone': 'dialling | dial!', 'busy-tone': 'disconnecting | release!, call-failed busy', 'congestion-tone': 'disconnecting | release!, call-failed busy',
      'on-hook': 'disconnecting | release!, call-failed disconnected', loop: 'disconnecting | release!, call-failed disconnected', battery: 'disconnecting | release!, call-failed disconnected', report: 'disconnecting | release!, call-failed disconnected',
    },
  },
  glare: {
    in: { name: 'seized', for: 'glare', offHook: false, wanted: false },
    then: {
      ...always('ended failure', true), time: 'disconnecting | release!, ended failure', answer: 'seized-glare-wanted | ', refuse: 'disconnecting | release!, ended local', 'refuse-for-good': 'disconnecting | release!, ended local',
      'hang-up': 'disconnecting | release!, ended local', call: 'seized-glare | call-failed in-use', 'off-hook': 'seized-glare-off | ', 'on-hook': 'guard | ended remote by report',
      loop: gone('loop'), battery: gone('battery'), report: gone('report'), 'busy-tone': gone('tone'), 'congestion-tone': gone('tone'),
    },
  },
  'glare, off-hook': {
    in: { name: 'seized', for: 'glare', offHook: true, wanted: false },
    then: {
      ...always('ended failure', true), answer: 'talking | answered', refuse: 'disconnecting | release!, ended local', 'refuse-for-good': 'disconnecting | release!, ended local',
      'hang-up': 'disconnecting | release!, ended local', call: 'seized-glare-off | call-failed in-use', 'on-hook': 'guard | ended remote by report',
      loop: gone('loop'), battery: gone('battery'), report: gone('report'), 'busy-tone': gone('tone'), 'congestion-tone': gone('tone'),
    },
  },
  dialling: {
    in: { name: 'dialling' },
    then: {
      ...always('call-failed device', true), time: 'disconnecting | release!, call-failed device', 'hang-up': 'disconnecting | release!, call-failed cancelled', call: 'dialling | call-failed in-use', dialled: 'talking-out | connected',
      'on-hook': 'disconnecting | release!, call-failed disconnected', loop: 'disconnecting | release!, call-failed disconnected', battery: 'disconnecting | release!, call-failed disconnected', report: 'disconnecting | release!, call-failed disconnected',
    },
  },
  talking: {
    in: { name: 'talking', outgoing: false, reversed: false },
    then: {
      ...always('ended failure', true), silent: gone('silence'), 'hang-up': 'disconnecting | release!, ended local', call: 'talking | call-failed in-use', digit: 'talking | digit', reversed: 'talking-reversed | ', 'on-hook': 'guard | ended remote by report',
      loop: gone('loop'), battery: gone('battery'), report: gone('report'), 'busy-tone': gone('tone'), 'congestion-tone': gone('tone'),
    },
  },
  'talking, reversed at the answer': {
    in: { name: 'talking', outgoing: true, reversed: true },
    then: {
      ...always('ended failure', true), silent: gone('silence'), 'hang-up': 'disconnecting | release!, ended local', call: 'talking-out-reversed | call-failed in-use', digit: 'talking-out-reversed | digit', 'turned-back': gone('polarity'), 'on-hook': 'guard | ended remote by report',
      loop: gone('loop'), battery: gone('battery'), polarity: gone('polarity'), report: gone('report'), 'busy-tone': gone('tone'), 'congestion-tone': gone('tone'),
    },
  },
  disconnecting: {
    in: { name: 'disconnecting', again: false },
    then: { ...always('', false), 'on-hook': 'guard | ', time: 'disconnecting-again | release!', call: 'disconnecting | call-failed in-use' },
  },
  'disconnecting, asked twice': {
    in: { name: 'disconnecting', again: true },
    then: { ...always('', false), 'on-hook': 'guard | ', time: 'blocked | blocked', call: 'disconnecting-again | call-failed in-use' },
  },
  guard: { in: { name: 'guard' }, then: { ...always('', false), time: 'idle | free', call: 'guard | call-failed in-use' } },
};

const lifted: Record<string, string> = { ...always('ended failure', true), 'on-hook': 'idle | put-down, free', 'hang-up': 'disconnecting | release!', connect: 'talking | ' };

const phoneTable: Table = {
  idle: { in: { name: 'idle', callerId: null }, then: { ...always('', false), ring: 'ringing-0-offered | ring!', 'off-hook': 'seized-phone | lifted' } },
  ringing: { in: ringing(0, { offered: true }), then: { ...always('gave-up offered', false), alarm: 'blocked | stop-ringing!, gave-up offered, blocked', 'off-hook': 'talking | answered', 'hang-up': 'idle | stop-ringing!, free' } },
  lifted: { in: { name: 'seized', for: 'phone' }, then: { ...lifted, digit: 'seized-phone | digit', flash: 'seized-phone | flash' } },
  talking: { in: { name: 'talking', outgoing: false, reversed: false }, then: { ...lifted, digit: 'talking | digit', flash: 'talking | flash' } },
  disconnecting: { in: { name: 'disconnecting', again: false }, then: { ...always('', false), 'on-hook': 'idle | put-down, free', digit: 'disconnecting | digit', flash: 'disconnecting | flash' } },
};

for (const [kind, rules, table] of [['trunk', trunk, trunkTable], ['phone', phone, phoneTable]] as const) {
  for (const [title, { in: state, then }] of Object.entries(table)) {
    test(`${kind}, ${title}: each input does what the table says, and every other one nothing`, () => {
      for (const key of Object.keys(then)) assert.ok(key in inputs, `the table has no input ${key}`);
      for (const [key, input] of Object.entries(inputs)) assert.is(said(rules, state, input), then[key] ?? `${nameOf(state)} | `, key);
    });
  }
}

test('two bursts with a short gap are one ring', () => {
  const burst = ringing(1, { lastMs: nowMs - 200 });
  assert.is(said(trunk, burst, event({ type: 'ring-started' })), 'ringing-1 | ');
});

test('where no number comes, a call is offered at the end of the first ring', () => {
  assert.is(said({ ...trunk, answerAfterRings: 1 }, ringing(1), event({ type: 'ring-stopped' })), 'ringing-1-offered | offered unknown after 1');
});

test('a tone ends a call only where the configuration lets it', () => {
  const talking: LineState = { name: 'talking', outgoing: false, reversed: false };
  assert.is(said({ ...trunk, disconnectTone: false }, talking, tone('busy')), 'talking | ');
});

test('every new state has the wait that ends it, or none', () => {
  const waits = (state: LineState, input: LineInput) => lineStep(trunk, state, input, nowMs).effects.flatMap((effect) => (effect.type === 'wait' ? [effect.ms] : []));
  assert.equal(waits({ name: 'idle', callerId: null }, inputs['ring-started'] as LineInput), [8000]);
  assert.equal(waits(ringing(2, { offered: true }), inputs['answer'] as LineInput), [3000]);
  assert.equal(waits({ name: 'seized', for: 'answer' }, inputs['off-hook'] as LineInput), [null]);
  assert.equal(waits({ name: 'talking', outgoing: false, reversed: false }, inputs['loop'] as LineInput), [3000]);
  assert.equal(waits({ name: 'disconnecting', again: false }, inputs['on-hook'] as LineInput), [2000]);
  assert.equal(waits({ name: 'guard' }, inputs['time'] as LineInput), [null]);
});

test.run();

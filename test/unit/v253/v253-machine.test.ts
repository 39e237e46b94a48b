import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { profileOf } from '../../../hal/drivers/v253/modem-profile.ts';
import { newCall } from '../../../hal/drivers/v253/off-hook.ts';
import { v253Step } from '../../../hal/drivers/v253/v253-machine.ts';
import type { Call, ModemWays, V253Effect, V253Input, V253State, VoiceMode } from '../../../hal/drivers/v253/v253-state.ts';

const profile = profileOf([]);
const ways = (duplex: 'full' | 'half', answerReversal = false): ModemWays => ({ profile, duplex, answerReversal });
const call: Call = { ...newCall(true, false), guarded: false };
const reply = (result: 'OK' | 'CONNECT' | 'ERROR' | 'BUSY' | 'NO CARRIER' | 'timed-out'): V253Input => ({ type: 'reply', reply: { result, lines: [] } });
const pause = { type: 'pause', ms: 500 } as const;
const command = { type: 'ask', command: 'AT+VTS=1', limitMs: 1000, otherwise: null } as const;

const states: Readonly<Record<string, V253State>> = {
  preparing: { name: 'preparing', attempt: 0, alarmed: false, released: false },
  alarmed: { name: 'preparing', attempt: 2, alarmed: true, released: true },
  idle: { name: 'idle' },
  ringing: { name: 'ringing', burst: true },
  'between bursts': { name: 'ringing', burst: false },
  checking: { name: 'checking', ringing: false, burst: false, seized: false },
  seizing: { name: 'seizing', call },
  pausing: { name: 'command', call: { ...call, steps: [pause] } },
  command: { name: 'command', call: { ...call, steps: [command] } },
  entering: { name: 'entering', call, mode: 'receive' },
  transmit: { name: 'transmit', call },
  receive: { name: 'receive', call },
  duplex: { name: 'duplex', call },
  leaving: { name: 'leaving', call, mode: 'receive' },
  'leaving, released': { name: 'leaving', call: { ...call, released: true }, mode: 'receive' },
  'hanging-up': { name: 'hanging-up' },
  lost: { name: 'lost' },
};

const inputs: Readonly<Record<string, V253Input>> = {
  seize: { type: 'seize' },
  release: { type: 'release' },
  flash: { type: 'flash' },
  dial: { type: 'dial', digits: '12', how: 'tone' },
  OK: reply('OK'),
  CONNECT: reply('CONNECT'),
  ERROR: reply('ERROR'),
  BUSY: reply('BUSY'),
  'no answer': reply('timed-out'),
  ring: { type: 'ring' },
  'caller-id': { type: 'caller-id', callerId: { number: '5', name: '', absent: null } },
  digit: { type: 'code', code: '5' },
  'busy tone': { type: 'code', code: 'b' },
  loop: { type: 'code', code: 'l' },
  'ring code': { type: 'code', code: 'R' },
  'unknown code': { type: 'code', code: '?' },
  end: { type: 'end' },
  'NO CARRIER': { type: 'unsolicited', result: 'NO CARRIER' },
  'OK unasked': { type: 'unsolicited', result: 'OK' },
  'frames-waiting': { type: 'frames-waiting' },
  'frames-ran-out': { type: 'frames-ran-out' },
  stalled: { type: 'stalled' },
  prepared: { type: 'prepared' },
  'not-prepared': { type: 'not-prepared', text: 'no answer' },
  unplugged: { type: 'unplugged', text: 'gone' },
  'ring-over': { type: 'ring-over' },
  'call-over': { type: 'call-over' },
  'pause-over': { type: 'pause-over' },
  retry: { type: 'retry' },
  check: { type: 'check' },
};

/** In half duplex. state -> input -> 'next state: effects'; what is not listed keeps the state and does nothing. */
const fail = 'preparing: off alarm prepare';
const off = { 'caller-id': ': caller-id', unplugged: 'lost: off lose' };
const inCall = { ...off, digit: ': digit', 'busy tone': ': tone disconnect', loop: ': disconnect', 'NO CARRIER': ': disconnect', 'no answer': fail };
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  preparing: { prepared: 'idle:', 'not-prepared': 'preparing: prepare', retry: ': prepare', unplugged: 'lost: off lose' },
  alarmed: { prepared: 'idle: on-hook clear', 'not-prepared': 'preparing: retry', retry: ': prepare', unplugged: 'lost: off lose' },
  idle: { ...off, seize: 'seizing: AT+VLS=1', ring: 'ringing: ring-started ring-over', 'ring code': 'ringing: ring-started ring-over', check: 'checking: AT' },
  ringing: { ...off, seize: 'seizing: AT+VLS=1', ring: ': ring-over', 'ring code': ': ring-over', 'ring-over': 'ringing: ring-stopped call-over' },
  'between bursts': { ...off, seize: 'seizing: AT+VLS=1', ring: 'ringing: ring-started ring-over', 'ring code': 'ringing: ring-started ring-over', 'call-over': 'idle:' },
  checking: {
    ...off,
    ring: 'checking: ring-started ring-over',
    'ring code': 'checking: ring-started ring-over',
    OK: 'idle:',
    CONNECT: 'idle:',
    ERROR: 'idle:',
    BUSY: 'idle:',
    'no answer': 'preparing: prepare',
  },
  seizing: { ...inCall, OK: 'entering: off-hook guard-over quiet AT+VRX', CONNECT: 'entering: off-hook guard-over quiet AT+VRX', ERROR: fail, BUSY: fail },
  pausing: { ...inCall, release: 'hanging-up: off hang-up', 'pause-over': 'entering: quiet AT+VRX' },
  command: { ...inCall, OK: 'entering: quiet AT+VRX', CONNECT: 'entering: quiet AT+VRX', ERROR: fail, BUSY: 'entering: tone disconnect quiet AT+VRX' },
  entering: { ...inCall, CONNECT: 'receive: receive', OK: fail, ERROR: fail, BUSY: 'entering: tone disconnect quiet AT+VRX', 'frames-waiting': ': turning' },
  transmit: {
    ...inCall,
    release: 'leaving: leave-transmit quiet',
    dial: 'leaving: leave-played quiet',
    flash: 'leaving: leave-played quiet',
    'frames-ran-out': 'leaving: leave-played quiet',
    'OK unasked': 'entering: turning AT+VTX',
    stalled: fail,
  },
  receive: {
    ...inCall,
    release: 'leaving: leave-receive quiet',
    dial: 'leaving: leave-receive quiet',
    flash: 'leaving: leave-receive quiet',
    'frames-waiting': 'leaving: leave-receive turning',
    end: 'command: quiet ',
    stalled: fail,
  },
  duplex: { ...inCall, release: 'leaving: leave-duplex quiet', dial: 'leaving: leave-duplex quiet', flash: 'leaving: leave-duplex quiet', end: 'command: quiet ', stalled: fail },
  leaving: { ...inCall, OK: 'entering: quiet AT+VRX', CONNECT: 'entering: quiet AT+VRX', ERROR: 'entering: quiet AT+VRX', BUSY: 'entering: quiet AT+VRX', 'frames-waiting': ': turning' },
  'leaving, released': { ...inCall, OK: 'hanging-up: off hang-up', CONNECT: 'hanging-up: off hang-up', ERROR: 'hanging-up: off hang-up', BUSY: 'hanging-up: off hang-up', 'frames-waiting': ': turning' },
  'hanging-up': { prepared: 'idle: on-hook', 'not-prepared': 'preparing: prepare', unplugged: 'lost: off lose' },
  lost: {},
};

function said(effect: V253Effect): string {
  switch (effect.type) {
    case 'ask':
      return effect.command;
    case 'leave':
      return `leave-${effect.how}`;
    case 'audio':
      return effect.mode;
    case 'tell':
      return effect.happening.type;
    case 'timer':
      return effect.timer;
    default:
      return effect.type;
  }
}

/** ': ' alone keeps the state's name. */
const short = (from: V253State, state: V253State, effects: readonly V253Effect[], listed: string): string =>
  `${listed.startsWith(':') && state.name === from.name ? '' : state.name}:${effects.map((effect) => ` ${said(effect)}`).join('')}`;

test('every state takes every input as the table says', () => {
  for (const [from, state] of Object.entries(states)) {
    for (const [what, input] of Object.entries(inputs)) {
      const before = JSON.stringify(state);
      const step = v253Step(state, input, ways('half'));
      const listed = table[from]?.[what];
      if (listed === undefined) assert.equal([step.state.name, step.effects], [state.name, []], `${from}, ${what}`);
      else assert.is(short(state, step.state, step.effects, listed), listed, `${from}, ${what}`);
      assert.is(JSON.stringify(state), before);
    }
  }
});

test('full duplex enters one voice state and stays in it while frames come and go', () => {
  const seized = v253Step({ name: 'seizing', call }, reply('OK'), ways('full'));
  assert.equal(seized.effects.map(said).slice(-2), ['turning', 'AT+VTR']);
  const duplex = v253Step(seized.state, reply('CONNECT'), ways('full')).state;
  for (const type of ['frames-waiting', 'frames-ran-out'] as const) assert.equal([v253Step(duplex, { type }, ways('full')).state.name, v253Step(duplex, { type }, ways('full')).effects], ['duplex', []]);
  assert.equal(v253Step(seized.state, reply('ERROR'), ways('full')).effects.at(-1)?.type, 'lose');
});

/** Runs inputs one after another and returns all that was told. */
function told(from: V253State, given: readonly V253Input[], how = ways('full')): string[] {
  let state = from;
  return given.flatMap((input) => {
    const step = v253Step(state, input, how);
    state = step.state;
    return step.effects.flatMap((effect) => (effect.type === 'tell' ? [effect.happening.type === 'digit' ? effect.happening.digit : effect.happening.type] : []));
  });
}
const codes = (text: string): V253Input[] => [...text].map((code) => ({ type: 'code', code }));
const duplex = (change: Partial<Call> = {}): V253State => ({ name: 'duplex' as VoiceMode, call: { ...call, ...change } });

test('a shielded burst is one press however often its code comes; without bounds each code is one', () => {
  assert.equal(told(duplex(), codes('/555~/5~/1~')), ['5', '5', '1']);
  assert.equal(told(duplex(), codes('55')), ['5', '5']);
  // The end of a burst was lost on the line.
  assert.equal(told(duplex(), codes('/55/5~7')), ['5', '5', '7']);
});

test('disconnect is told once, by the first sign', () => {
  assert.equal(told(duplex(), codes('lblb')), ['disconnect', 'tone', 'tone']);
  assert.equal(told(duplex(), codes('H')), ['disconnect']);
});

test('a loop that moves because we moved it, and dial tone on a line just seized, end nothing', () => {
  assert.equal(told(duplex({ guarded: true }), codes('l')), []);
  assert.equal(told(duplex({ guarded: true }), [{ type: 'guard-over' }, ...codes('l')]), ['disconnect']);
  assert.equal(told(duplex({ answered: false }), codes('d')), ['tone']);
  assert.equal(told(duplex(), codes('d')), ['tone', 'disconnect']);
});

test('where the far end\'s answer turns the polarity, the first loop report of a placed call is that', () => {
  assert.equal(told(duplex({ answered: false }), codes('ll'), ways('full', true)), ['polarity', 'disconnect']);
  assert.equal(told(duplex(), codes('l'), ways('full', true)), ['disconnect']);
});

test('a modem that leaves its voice state again and again is given up', () => {
  let state = duplex();
  let rounds = 0;
  for (; rounds < 50 && state.name !== 'preparing'; rounds++) {
    state = v253Step(state, { type: 'end' }, ways('full')).state;
    for (const result of ['OK', 'CONNECT'] as const) state = v253Step(state, reply(result), ways('full')).state;
  }
  assert.is(rounds, 11);
});

test('what waits to be dialled is bounded', () => {
  let state = duplex();
  for (let count = 0; count < 100; count++) state = v253Step(state, { type: 'dial', digits: '1,'.repeat(32), how: 'tone' }, ways('full')).state;
  assert.ok('call' in state && state.call.steps.length > 60 && state.call.steps.length <= 160);
});

test('the ladder: asked and reset, opened anew, an alarm, and again every half minute', () => {
  let state: V253State = { name: 'idle' };
  const seen: string[] = [];
  const push = (input: V253Input): void => {
    const step = v253Step(state, input, ways('full'));
    state = step.state;
    seen.push(...step.effects.map((effect) => (effect.type === 'prepare' ? `prepare ${effect.reopen}` : effect.type === 'timer' ? `${effect.timer} ${effect.ms}` : said(effect))));
  };
  const failed: V253Input = { type: 'not-prepared', text: 'no answer' };
  for (const input of [{ type: 'check' }, reply('timed-out'), failed, failed, { type: 'retry' }, failed, { type: 'retry' }, { type: 'prepared' }] as V253Input[]) push(input);
  assert.equal(seen, ['AT', 'prepare false', 'prepare true', 'alarm', 'retry 30000', 'prepare true', 'retry 30000', 'prepare true', 'clear']);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActionContext } from '../../../firmware/callflow/actions/action.ts';
import { parkAndPage } from '../../../firmware/callflow/actions/transfer/park-and-page.ts';
import type { FlowInput } from '../../../firmware/callflow/flow.ts';
import type { HandOver, HandOverState } from '../../../firmware/callflow/hand-over.ts';
import { beginHandOver, handOverStep } from '../../../firmware/callflow/hand-over.ts';
import { holdPhrases } from '../../../firmware/callflow/hold-audio.ts';
import type { TransferOutcome } from '../../../firmware/callflow/requests/transfer-requests.ts';

const wish: HandOver = { ask: { to: '300', how: 'assisted', ringMs: 5000, showNumber: null, showName: null, priority: null, mailbox: null, whisper: null }, hold: 'ringing', zone: 'us' };
const told = (outcome: TransferOutcome): FlowInput => ({ type: 'answered', kind: 'transfer', answer: { outcome, text: '' } });
const talked = (ended: 'caller' | 'target' | 'nobody'): FlowInput => ({ type: 'answered', kind: 'talk', answer: { ended, talkedMs: 1 } });
const gone: FlowInput = { type: 'hung-up' };
const played: FlowInput = { type: 'played' };

/** How it ends, or where it is and what it asked for last. */
function after(...inputs: FlowInput[]): string {
  let state: HandOverState = beginHandOver(wish).state;
  let last = '';
  for (const input of inputs) {
    const step = handOverStep(wish, state, input);
    if (step.to === 'end') return `end ${step.end}`;
    state = step.state;
    last = step.effects.map(({ type }) => type).join();
  }
  return `${state.at} ${last}`.trim();
}

test('a hand-over begins with what the caller hears, and the wish', () => {
  assert.equal(beginHandOver(wish).effects.map(({ type }) => type), ['play', 'ask']);
});

const cases: readonly (readonly [title: string, end: string, ...inputs: FlowInput[]])[] = [
  ['the ringing goes on', 'calling play', played, played],
  ['somebody answers', 'talking stop-play,ask', told('answered')],
  ['they talked, and the target hung up', 'end talked', told('answered'), talked('target')],
  ['they talked, and the caller hung up', 'end gone', told('answered'), gone, talked('caller')],
  ['who answered is gone again', 'end failed', told('answered'), talked('nobody')],
  ['the PBX has the caller', 'end gone', told('gone'), gone],
  ['busy', 'end busy', told('busy')],
  ['nobody answers', 'end no-answer', told('no-answer')],
  ['it could not be done', 'end failed', { type: 'answered', kind: 'transfer', answer: null }],
  ['a hang-up waits for the answer, and nothing is played any more', 'calling', gone, played],
  ['a hang-up that crosses the answer', 'end gone', gone, told('answered')],
  ['keys mean nothing', 'calling', { type: 'digit', digit: '5' }],
];
for (const [title, end, ...inputs] of cases) test(title, () => assert.is(after(...inputs), end));

test('hold audio that cannot be read: the caller hears it ring for a round, then it is tried again', () => {
  const music = { ...wish, hold: 'music' };
  const heard = (input: FlowInput): unknown => {
    const step = handOverStep(music, { at: 'calling' }, input);
    return step.to === 'state' && step.effects[0]?.type === 'play' ? step.effects[0].phrases : null;
  };
  assert.equal(heard({ type: 'unplayable' }), holdPhrases('ringing', 'us'));
  assert.equal(heard(played), holdPhrases('music', 'us'));
  assert.equal(handOverStep(music, { at: 'calling', hungUp: true }, { type: 'unplayable' }), { to: 'state', state: { at: 'calling', hungUp: true }, effects: [] });
});

test('Park & Page: so does who is parked', () => {
  const context = { settings: { transfers: { zone: 'us' } } } as ActionContext;
  const settings = { page: '600', playRecording: false, retries: 0, everySec: 5, hold: 'music' };
  const heard = (type: 'unplayable' | 'played'): unknown => {
    const step = parkAndPage.step(context, settings, { at: 'parked', hungUp: false }, { type });
    return step.to === 'state' && step.effects[0]?.type === 'play' ? step.effects[0].phrases : null;
  };
  assert.equal(heard('unplayable'), holdPhrases('ringing', 'us'));
  assert.equal(heard('played'), holdPhrases('music', 'us'));
});

test('the ringing tone is that of the country; a prompt that is missing rings', () => {
  const [tone, pause] = holdPhrases('ringing', 'us');
  assert.equal(tone, { tone: { hz: 440, second: 480, ms: 2000, levelDbm0: -13 } });
  assert.equal(pause, { pauseMs: 4000 });
  assert.equal(holdPhrases('ringing', 'de')[0], { tone: { hz: 425, second: 0, ms: 1000, levelDbm0: -10 } });
  assert.equal(holdPhrases('music', 'us'), [{ recorded: 'music', orElse: [tone, pause] }]);
  assert.equal(holdPhrases('silence', 'us'), [{ pauseMs: 10_000 }]);
});

test.run();

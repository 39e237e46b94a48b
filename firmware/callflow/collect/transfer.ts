import type { PromptId } from '../language/language.ts';
import type { FlowInput } from '../flow.ts';
import { say } from '../phrase.ts';
import type { Machine, Turn } from './turn.ts';
import { cancelled, close, done, play, stay, wait } from './turn.ts';

/** The owner is put through: to who left a message, or to a number of their own. */
export interface TransferFrame {
  readonly name: 'transfer';
  readonly phase: 'transferring' | 'talking' | 'gone';
  readonly to: string;
}

/** Where the unit itself calls. */
const ringMs = 30_000;
/** The PBX has the call; it ends the leg within moments. */
const goneMs = 10_000;

export const transfer: Machine<TransferFrame> = {
  enter(_desk, frame) {
    if (!/[0-9]/.test(frame.to)) return cancelled('connect.no-number');
    return stay(frame, play(say('connect.connecting')), {
      type: 'ask',
      request: { kind: 'transfer', to: frame.to, how: 'blind', ringMs, showNumber: null, showName: null, priority: null, mailbox: null, whisper: null },
    });
  },
  step(_desk, frame, input) {
    if (input.type === 'timer' && frame.phase === 'gone') return close('goodbye');
    if (input.type !== 'answered') return stay(frame);
    return answered(frame, input);
  },
};

function answered(frame: TransferFrame, input: Extract<FlowInput, { type: 'answered' }>): Turn {
  if (input.answer === null) return cancelled('try-later');
  if (input.kind === 'talk') return done();
  if (input.kind !== 'transfer') return stay(frame);
  switch (input.answer.outcome) {
    case 'gone':
      return stay({ ...frame, phase: 'gone' }, wait(goneMs));
    case 'answered':
      return stay({ ...frame, phase: 'talking' }, { type: 'stop-play' }, { type: 'ask', request: { kind: 'talk' } });
    default:
      return cancelled(failures[input.answer.outcome]);
  }
}

const failures: Readonly<Record<'busy' | 'no-answer' | 'rejected' | 'not-allowed' | 'failed', PromptId>> = {
  busy: 'connect.busy',
  'no-answer': 'connect.no-answer',
  rejected: 'connect.no-answer',
  'not-allowed': 'connect.not-allowed',
  failed: 'try-later',
};

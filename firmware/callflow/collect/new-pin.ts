import type { DigitEntry } from '../digit-entry.ts';
import { noDigits } from '../digit-entry.ts';
import type { FlowInput } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';
import { entryStep } from './keying.ts';
import type { Machine, Turn } from './turn.ts';
import { cancelled, done, play, stay } from './turn.ts';

/** A new PIN, keyed twice. */
export interface NewPinFrame {
  readonly name: 'new-pin';
  readonly phase: 'new-pin' | 'pin-storing';
  readonly entry: DigitEntry;
  readonly first: string | null;
}

export const newPinFrame: NewPinFrame = { name: 'new-pin', phase: 'new-pin', entry: noDigits, first: null };

export const newPin: Machine<NewPinFrame> = {
  enter: (_desk, _frame, first) => stay(newPinFrame, play([...first, ...say('pin.change-enter')])),
  step(desk, frame, input) {
    if (frame.phase === 'pin-storing') return storing(frame, input);
    return entryStep(input, frame.entry, (entry) => ({ ...frame, entry }), (pin) => given(desk.owner, frame, pin));
  },
};

const ask = (first: string | null, ...prompts: PromptId[]): Turn => stay({ ...newPinFrame, first }, { type: 'cancel-timer', name: 'patience' }, play(say(...prompts)));

function given(owner: string, frame: NewPinFrame, pin: string): Turn {
  if (frame.first === null) return ask(pin, 'pin.change-again');
  if (pin !== frame.first) return ask(null, 'pin.mismatch', 'pin.change-enter');
  return stay({ ...frame, phase: 'pin-storing' }, { type: 'cancel-timer', name: 'patience' }, { type: 'change-pin', mailbox: owner, pin });
}

function storing(frame: NewPinFrame, input: FlowInput): Turn {
  if (input.type !== 'pin-changed') return stay(frame);
  if (input.outcome === 'ok') return done('pin.changed');
  return input.outcome === 'failed' ? cancelled('try-later') : ask(null, 'pin.too-simple', 'pin.change-enter');
}

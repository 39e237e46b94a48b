import type { DigitEntry } from '../digit-entry.ts';
import { enterDigit, entryPatienceMs, interDigitMs, noDigits } from '../digit-entry.ts';
import type { FlowInput } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { Machine, Turn } from './turn.ts';
import { back, cancelled, play, stay, wait } from './turn.ts';

/** Digits are asked for, ended by '#' or a pause; the one below gets them ('' = only '#'). Nothing keyed for a while: cancelled. */
export interface KeyingFrame {
  readonly name: 'keying';
  readonly prompts: readonly PromptId[];
  readonly entry: DigitEntry;
}

export const keyIn = (...prompts: PromptId[]): KeyingFrame => ({ name: 'keying', prompts, entry: noDigits });

export const keying: Machine<KeyingFrame> = {
  enter: (_desk, frame, first) => stay(frame, play([...first, ...say(...frame.prompts)])),
  step: (_desk, frame, input) => entryStep(input, frame.entry, (entry) => ({ ...frame, entry }), keyed),
};

const keyed = (digits: string): Turn => back({ kind: 'keyed', first: [], digits });

/** One input of an entry: `at` is its frame, `complete` what follows. */
export function entryStep(input: FlowInput, entry: DigitEntry, at: (entry: DigitEntry) => Parameters<typeof stay>[0], complete: (digits: string) => Turn): Turn {
  if (input.type === 'played') return stay(at(entry), wait(entryPatienceMs));
  if (input.type === 'timer') return entry.digits === '' ? cancelled() : complete(entry.digits);
  if (input.type !== 'digit') return stay(at(entry));
  const step = enterDigit(entry, input.digit);
  return step.kind === 'more' ? stay(at(step.entry), wait(interDigitMs)) : complete(step.digits);
}

export const spokenNumber = (mailbox: string): Phrase => ({ nameOf: mailbox, orElse: [{ digits: mailbox }] });

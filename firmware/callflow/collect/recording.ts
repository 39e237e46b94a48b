import type { GreetingKind } from '../../mailbox/owner-choices.ts';
import type { FlowEffect, FlowInput, RecordPlan } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import { say } from '../phrase.ts';
import type { Desk } from './collect-context.ts';
import type { Machine, Turn } from './turn.ts';
import { back, cancelled, stay } from './turn.ts';

/** The owner speaks: a greeting, a name, or a message of which `beforeMs` are recorded already. */
export interface RecordingFrame {
  readonly name: 'recording';
  readonly phase: 'record-opening' | 'record-prompt' | 'recording' | 'record-storing' | 'record-dropping';
  readonly what: Recorded;
  readonly prompt: PromptId;
  /** Keys that end it. */
  readonly stopDigits: string;
  readonly recordedMs: number;
  /** Keys that were pressed to end it, where they mean something to the one below. */
  readonly keys: string;
  /** Recording begins by itself where the tone ends; left out: where another unit of an older version began the tone. */
  readonly armed?: true;
}

export type Recorded = { readonly kind: 'greeting'; readonly greeting: GreetingKind } | { readonly kind: 'draft'; readonly beforeMs: number };

export const recordGreeting = (greeting: GreetingKind, prompt: PromptId): RecordingFrame => ({
  name: 'recording', phase: 'record-opening', what: { kind: 'greeting', greeting }, prompt, stopDigits: '#', recordedMs: 0, keys: '',
});
export const recordDraft = (beforeMs: number, prompt: PromptId, stopDigits: string): RecordingFrame => ({
  name: 'recording', phase: 'record-opening', what: { kind: 'draft', beforeMs }, prompt, stopDigits, recordedMs: 0, keys: '',
});

/** Less than this is taken for a slip. */
const shortestMs = 1000;
const shortestNameMs = 300;
const longestNameMs = 10_000;
const longestMessageMs = 120_000;
const mostKeys = 4;

export const recording: Machine<RecordingFrame> = {
  enter: (desk, frame) => stay(frame, open(desk, frame.what)),
  step(desk, frame, input) {
    switch (frame.phase) {
      case 'record-opening':
        return opening(desk, frame, input);
      case 'record-prompt':
        return input.type === 'played' ? heard(desk, frame) : stay(frame);
      case 'recording':
        return speaking(frame, input);
      case 'record-storing':
        if (input.type !== 'stored') return stay(noted(frame, input));
        return input.ok ? kept(frame) : back({ kind: 'cancelled', first: say('try-later') }, drop(frame.what));
      case 'record-dropping':
        return input.type === 'stored' ? cancelled('menu.nothing-recorded') : stay(frame);
    }
  },
};

function open({ owner }: Desk, what: Recorded): FlowEffect {
  if (what.kind === 'draft') return { type: 'open-draft' };
  return { type: 'open-greeting', mailbox: owner, ...(what.greeting === 'greeting' ? {} : { kind: what.greeting }) };
}

function opening(desk: Desk, frame: RecordingFrame, input: FlowInput): Turn {
  if (input.type !== 'opened') return stay(frame);
  if (!input.ok) return cancelled('try-later');
  const then = howToRecord(desk, frame);
  return stay({ ...frame, phase: 'record-prompt', armed: true }, { type: 'play', phrases: [{ say: frame.prompt }, { beep: true }], bargeIn: false, then });
}

function heard(desk: Desk, frame: RecordingFrame): Turn {
  const begun: RecordingFrame = { ...frame, phase: 'recording' };
  return frame.armed === true ? stay(begun) : stay(begun, { type: 'record', ...howToRecord(desk, frame) });
}

const howToRecord = (desk: Desk, { what, stopDigits }: RecordingFrame): RecordPlan => ({ maxMs: longest(desk, what), silenceMs: 0, stopDigits });

function speaking(frame: RecordingFrame, input: FlowInput): Turn {
  if (input.type === 'store-failed') return stay(frame, { type: 'stop-record' });
  if (input.type !== 'recorded') return stay(noted(frame, input));
  const { what } = frame;
  const recordedMs = input.recordedMs + (what.kind === 'draft' ? what.beforeMs : 0);
  if (recordedMs < shortest(what)) return stay({ ...frame, phase: 'record-dropping' }, drop(what));
  return stay({ ...frame, phase: 'record-storing', recordedMs }, { type: what.kind === 'draft' ? 'finish-draft' : 'finish-greeting', keepMs: input.recordedMs });
}

const drop = (what: Recorded): FlowEffect => ({ type: what.kind === 'draft' ? 'abandon-draft' : 'abandon-greeting' });

/** The key that ended a recording, and what followed it, is for the menu of the recording where that has more keys than '#'; 1 only stops it. */
function noted(frame: RecordingFrame, input: FlowInput): RecordingFrame {
  if (input.type !== 'digit' || frame.stopDigits === '#' || frame.keys.length >= mostKeys) return frame;
  const begun = frame.keys !== '' || frame.phase === 'record-storing' || frame.stopDigits.includes(input.digit);
  return begun ? { ...frame, keys: frame.keys + input.digit } : frame;
}

function kept({ keys, recordedMs }: RecordingFrame): Turn {
  const again = [...keys.replace(/^1/, '')].map((digit): FlowInput => ({ type: 'digit', digit }));
  return { to: 'back', result: { kind: 'recorded', first: [], recordedMs }, effects: [], ...(again.length === 0 ? {} : { again }) };
}

const shortest = (what: Recorded): number => (what.kind === 'greeting' && what.greeting === 'name' ? shortestNameMs : shortestMs);

function longest({ context }: Desk, what: Recorded): number {
  if (what.kind === 'draft') return Math.max(1, (context.maxMessageMs ?? longestMessageMs) - what.beforeMs);
  return what.greeting === 'name' ? longestNameMs : context.maxGreetingMs;
}

import type { FlowEffect } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import type { FlowRequest } from '../requests/requests.ts';
import type { Machine } from './turn.ts';
import { back, cancelled, done, stay } from './turn.ts';

/** Something of a store is done; nothing is said to be done before it is. */
export interface StoringFrame {
  readonly name: 'storing';
  readonly effect: Extract<FlowEffect, { type: 'commit-greeting' | 'abandon-greeting' | 'remove-greeting' | 'abandon-draft' }>;
  readonly told: readonly PromptId[];
}

export const storing: Machine<StoringFrame> = {
  enter: (_desk, frame) => stay(frame, frame.effect),
  step(_desk, frame, input) {
    if (input.type !== 'stored') return stay(frame);
    return input.ok ? done(...frame.told) : cancelled('try-later');
  },
};

/** Something is asked of the unit; the one below hears the answer. */
export interface AskingFrame {
  readonly name: 'asking';
  readonly request: FlowRequest;
}

export const asking: Machine<AskingFrame> = {
  enter: (_desk, frame) => stay(frame, { type: 'stop-play' }, { type: 'ask', request: frame.request }),
  step(_desk, frame, input) {
    if (input.type !== 'answered' || input.kind !== frame.request.kind) return stay(frame);
    return input.answer === null ? cancelled('try-later') : back({ kind: 'answered', first: [], answer: input });
  },
};

import { keyIn, spokenNumber } from '../collect/keying.ts';
import { spelling } from '../collect/spell.ts';
import type { Machine } from '../collect/turn.ts';
import { above, back, cancelled, done, instead, play, stay, wait } from '../collect/turn.ts';
import { say } from '../phrase.ts';

/** *T: the number to be put through to. */
export interface TransferOutFrame {
  readonly name: 'transfer-out';
}

export const transferOut: Machine<TransferOutFrame> = {
  enter: (_desk, frame) => above(frame, keyIn('connect.enter')),
  step: (_desk, frame) => stay(frame),
  resume(_desk, _frame, result) {
    if (result.kind === 'keyed' && result.digits !== '') return instead({ name: 'transfer', phase: 'transferring', to: result.digits });
    return cancelled();
  },
};

/** **N: the number behind a name. */
export interface DirectoryFrame {
  readonly name: 'directory';
}

export const directory: Machine<DirectoryFrame> = {
  enter: (_desk, frame) => above(frame, spelling),
  step: (_desk, frame) => stay(frame),
  resume(_desk, _frame, result) {
    const [one] = result.kind === 'addressed' ? result.to : [];
    if (one === undefined || !('mailbox' in one)) return back({ kind: 'cancelled', first: result.first });
    return back({ kind: 'done', first: [spokenNumber(one.mailbox), { pauseMs: 200 }, { digits: one.mailbox }, { pauseMs: 300 }] });
  },
};

/** *W: the owner is busy for a moment; any key goes on. */
export interface PausingFrame {
  readonly name: 'pausing';
}

const longestMs = 180_000;

export const pausing: Machine<PausingFrame> = {
  enter: (_desk, frame) => stay(frame, play(say('activity.wait')), wait(longestMs)),
  step: (_desk, frame, input) => (input.type === 'digit' || input.type === 'timer' ? done() : stay(frame)),
};

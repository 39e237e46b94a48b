import type { Machine } from './turn.ts';
import { cancelled, done, stay } from './turn.ts';

/** Brings back the message that was deleted last. */
export interface UndeleteFrame {
  readonly name: 'undelete';
}

export const undelete: Machine<UndeleteFrame> = {
  enter: (desk, frame) => stay(frame, { type: 'stop-play' }, { type: 'ask', request: { kind: 'deleted-messages', mailbox: desk.owner } }),
  step(desk, frame, input) {
    if (input.type === 'marked') return input.ok ? done('collect.undeleted') : cancelled('try-later');
    if (input.type !== 'answered' || input.kind !== 'deleted-messages') return stay(frame);
    const last = input.answer?.messages[0];
    if (input.answer === null) return cancelled('try-later');
    return last === undefined ? cancelled('collect.none-deleted') : stay(frame, { type: 'mark', mailbox: desk.owner, id: last.id, state: 'old' });
  },
};

import { isNew } from '../../mailbox/message.ts';
import type { Desk } from '../collect/collect-context.ts';
import { announcement, inOrder } from '../collect/messages.ts';
import type { Machine, Turn } from '../collect/turn.ts';
import { play, stay, toMain } from '../collect/turn.ts';
import type { FlowInput } from '../flow.ts';
import { say } from '../phrase.ts';
import type { ListenFrame, Place } from './listening.ts';
import { after, begin, body, closeCalm, current, follow, mark, next } from './listening.ts';
import { keyed } from './message-keys.ts';

export const listening: Machine<ListenFrame> = {
  enter: (desk, frame) => stay(frame, ...(frame.phase === 'listing' ? [{ type: 'stop-play' } as const] : []), { type: 'list', mailbox: desk.owner, category: frame.category }),
  step(desk, frame, input) {
    switch (frame.phase) {
      case 'counting':
      case 'listing':
        return listed(frame, input);
      case 'announcing':
        return input.type === 'played' ? begin(desk, frame) : pressed(desk, frame, 'before', input);
      case 'envelope':
        return input.type === 'played' ? body(desk, frame) : pressed(desk, frame, 'before', input);
      case 'body':
        return hearing(desk, frame, input);
      case 'helping':
        return input.type === 'played' ? body(desk, frame) : pressed(desk, frame, 'helping', input);
      case 'after':
        return ended(desk, frame, input);
      case 'marking':
        return marking(desk, frame, input);
      case 'telling':
        return telling(desk, frame, input);
    }
  },
  resume: (_desk, frame, { first }) => (first.length === 0 ? after(frame) : stay({ ...frame, phase: 'after' }, play(first))),
};

function listed(frame: ListenFrame, input: FlowInput): Turn {
  if (input.type !== 'listed') return stay(frame);
  const messages = inOrder(input.listing.messages);
  const phrases = frame.phase === 'counting' ? announcement(input.listing.counts) : [...say('collect.you-have'), { count: frame.category, of: messages.length }];
  return stay({ ...frame, phase: 'announcing', messages }, play(phrases));
}

function hearing(desk: Desk, frame: ListenFrame, input: FlowInput): Turn {
  if (input.type === 'unplayable') return stay({ ...frame, phase: 'telling', keys: '' }, play(say('collect.damaged')));
  if (input.type !== 'played') return pressed(desk, frame, 'streaming', input);
  return heardOut(desk, frame);
}

/** A new message becomes old when it was heard to its end. */
function heardOut(desk: Desk, frame: ListenFrame): Turn {
  return isNew(current(frame).state) ? mark(desk, frame, 'old', { kind: 'wait' }) : after(frame);
}

/** After the body: a moment for a key, then the next message. */
function ended(desk: Desk, frame: ListenFrame, input: FlowInput): Turn {
  if (input.type === 'played') return after(frame);
  if (input.type === 'timer') return frame.keys === '' ? begin(desk, next(frame)) : after(frame);
  return pressed(desk, frame, 'ended', input);
}

/** Keys while something of the message is heard. A sequence that nobody went on with is none. */
function pressed(desk: Desk, frame: ListenFrame, place: Place, input: FlowInput): Turn {
  if (input.type === 'timer') return stay({ ...frame, keys: '' });
  return input.type === 'digit' ? keyed(desk, frame, place, input.digit) : stay(frame);
}

/** Nothing is said to be done before it is durable. */
function marking(desk: Desk, frame: ListenFrame, input: FlowInput): Turn {
  if (input.type !== 'marked') return stay(frame);
  return input.ok ? follow(desk, frame, frame.then ?? { kind: 'wait' }) : closeCalm('try-later');
}

function telling(desk: Desk, frame: ListenFrame, input: FlowInput): Turn {
  if (input.type === 'played') return begin(desk, next(frame));
  if (input.type !== 'digit') return stay(frame);
  const ahead = next(frame);
  if (ahead.messages[ahead.index] === undefined) return toMain();
  return keyed(desk, { ...ahead, phase: 'announcing' }, 'before', input.digit);
}

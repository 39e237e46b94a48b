import type { Desk } from '../collect/collect-context.ts';
import { inOrder } from '../collect/messages.ts';
import type { Machine, Turn } from '../collect/turn.ts';
import { close, maxIdle, menuPatienceMs, play, stay, wait } from '../collect/turn.ts';
import type { FlowInput } from '../flow.ts';
import { say } from '../phrase.ts';
import { keyed, pauseMs } from './hear-keys.ts';
import type { HearFrame } from './hearing.ts';
import { asked, follow, header, list, nextCategory, passing, step } from './hearing.ts';

/** Get messages. */
export const hear: Machine<HearFrame> = {
  enter: (desk, frame) => list(desk, frame, 'new'),
  step(desk, frame, input) {
    switch (frame.phase) {
      case 'listing':
        return listed(desk, frame, input);
      case 'header':
        return input.type === 'played' ? headerHeard(desk, { ...frame, heard: frame.heard === 'body' ? 'body' : 'header' }) : pressed(desk, frame, input);
      case 'header-heard':
      case 'body-heard':
        return waiting(desk, frame, input);
      case 'playing':
        return playing(desk, frame, input);
      case 'marking':
        if (input.type !== 'marked') return stay(frame);
        return input.ok ? follow(desk, frame, frame.then ?? { kind: 'asked' }) : close('try-later', 'goodbye');
      case 'telling':
        return telling(desk, frame, input);
    }
  },
  resume: (desk, frame, { first }) => asked(desk, frame, ...(first.length === 0 ? [{ pauseMs: 100 }] : first)),
};

function listed(desk: Desk, frame: HearFrame, input: FlowInput): Turn {
  if (input.type !== 'listed') return stay(frame);
  const messages = inOrder(input.listing.messages.filter(({ id }) => !frame.passed.includes(id)));
  if (messages.length === 0) return nextCategory(desk, frame);
  return header(desk, { ...frame, messages, index: 0 }, { say: 'collect.you-have' }, { count: frame.category, of: messages.length }, { pauseMs: 300 });
}

function headerHeard(desk: Desk, frame: HearFrame): Turn {
  if (frame.scan === 'headers') return passing(desk, frame, { kind: 'next', told: null });
  return passing(desk, frame, { kind: frame.scan === null ? 'asked' : 'body' });
}

function playing(desk: Desk, frame: HearFrame, input: FlowInput): Turn {
  if (input.type === 'played') return passing(desk, frame, frame.scan === null ? { kind: 'asked' } : { kind: 'next', told: null });
  if (input.type === 'unplayable') return stay({ ...frame, phase: 'telling', keys: '' }, play(say('collect.damaged')));
  // A pause that nobody ends is over after a while.
  if (input.type === 'timer' && frame.paused && frame.keys === '') return stay({ ...frame, paused: false }, { type: 'pause', paused: false });
  return pressed(desk, frame, input);
}

function waiting(desk: Desk, frame: HearFrame, input: FlowInput): Turn {
  if (input.type === 'played') return stay(frame, wait(menuPatienceMs));
  if (input.type !== 'timer') return pressed(desk, frame, input);
  if (frame.keys !== '') return asked(desk, { ...frame, keys: '' }, ...say('collect.invalid'));
  if (frame.idle + 1 >= maxIdle) return close('goodbye');
  return asked(desk, { ...frame, idle: frame.idle + 1 }, ...say('still-there'));
}

/** A sequence that nobody went on with is none. */
function pressed(desk: Desk, frame: HearFrame, input: FlowInput): Turn {
  // The wait of the sequence took the place of the one that ends the pause.
  if (input.type === 'timer') return stay({ ...frame, keys: '' }, ...(frame.paused ? [wait(pauseMs)] : []));
  return input.type === 'digit' ? keyed(desk, frame, input.digit) : stay(frame);
}

/** What was done is said; a key is for the next message already. */
function telling(desk: Desk, frame: HearFrame, input: FlowInput): Turn {
  if (input.type === 'played') return step(desk, frame, 1);
  if (input.type !== 'digit') return stay(frame);
  const ahead = step(desk, frame, 1);
  return ahead.to === 'stay' && ahead.frame.name === 'hear' && ahead.frame.phase === 'header' ? keyed(desk, ahead.frame, input.digit) : ahead;
}


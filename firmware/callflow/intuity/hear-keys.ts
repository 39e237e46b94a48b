import { isNew } from '../../mailbox/message.ts';
import type { Desk } from '../collect/collect-context.ts';
import type { Frame } from '../collect/frames.ts';
import { noWait, play, sequenceMs, stay, wait } from '../collect/turn.ts';
import type { Turn } from '../collect/turn.ts';
import type { HearAction } from '../key-maps/intuity-keys.ts';
import { hearKeys } from '../key-maps/intuity-keys.ts';
import { matchKeys } from '../key-maps/key-map.ts';
import { say } from '../phrase.ts';
import type { HearFrame, Then } from './hearing.ts';
import { asked, body, current, follow, header, mark, passing } from './hearing.ts';
import { respondFrame } from './respond.ts';

/** How far one press of forward or back goes. */
const seekMs = 5000;
/** How long a pause lasts that nobody ends. */
export const pauseMs = 180_000;

/** '2' restarts at once, though '23' says the header: waiting would be felt. */
export function keyed(desk: Desk, frame: HearFrame, digit: string): Turn {
  const keys = frame.keys + digit;
  const match = matchKeys(hearKeys, keys);
  if (match.kind === 'action') return act(desk, { ...frame, keys: '', idle: 0 }, match.action);
  if (match.kind === 'more') return match.soon === null ? stay({ ...frame, keys }, wait(sequenceMs)) : soon(act(desk, { ...frame, idle: 0 }, match.soon), keys);
  if (frame.keys === '2') return keyed(desk, { ...frame, keys: '' }, digit);
  const calm: HearFrame = { ...frame, keys: '' };
  return frame.phase === 'playing' ? stay(calm, ...(calm.paused ? [wait(pauseMs)] : [])) : asked(desk, calm, ...say('collect.invalid'));
}

/** The action is done, and its key may still begin a longer sequence. */
const soon = (turn: Turn, keys: string): Turn => (turn.to === 'stay' && turn.frame.name === 'hear' ? { ...turn, frame: { ...turn.frame, keys }, effects: [...turn.effects, wait(sequenceMs)] } : turn);

function act(desk: Desk, frame: HearFrame, action: HearAction): Turn {
  switch (action) {
    case 'play':
      return body(desk, frame);
    case 'restart':
      return frame.heard === 'body' ? body(desk, frame) : header(desk, frame);
    case 'header':
      return header(desk, frame);
    case 'pause':
      return pause(desk, frame);
    case 'back':
    case 'ahead':
      return seek(desk, frame, action);
    case 'slower':
    case 'faster':
      return frame.phase === 'playing' ? stay(frame, { type: 'speed', faster: action === 'faster' }) : asked(desk, frame);
    case 'save':
      return mark(desk, frame, 'saved', { kind: 'next', told: 'collect.saved' });
    case 'delete':
      return mark(desk, frame, 'deleted', { kind: 'next', told: 'collect.deleted' });
    case 'respond':
      return passing(desk, frame, above(respondFrame(current(frame))));
    case 'next':
      return passing(desk, frame, { kind: 'next', told: null });
    case 'previous':
      return passing(desk, frame, { kind: 'previous' });
    case 'hold':
      return hold(desk, frame);
    case 'help':
      return stay({ ...frame, phase: frame.heard === 'body' ? 'body-heard' : 'header-heard' }, noWait, play(say('hear.help')));
    case 'main':
    case 'log-in':
    case 'exit':
      return passing(desk, frame, { kind: action });
    case 'transfer':
      return passing(desk, frame, above({ name: 'transfer-out' }));
    case 'wait':
      return passing(desk, frame, above({ name: 'pausing' }));
    case 'names':
      return passing(desk, frame, above({ name: 'directory' }));
    case 'undelete':
      return passing(desk, frame, above({ name: 'undelete' }));
  }
}

const above = (frame: Frame): Then => ({ kind: 'above', frame });

function pause(desk: Desk, frame: HearFrame): Turn {
  if (frame.phase !== 'playing') return asked(desk, frame);
  const paused = !frame.paused;
  return stay({ ...frame, paused }, paused ? wait(pauseMs) : noWait, { type: 'pause', paused });
}

/** From the end of the body, back means its last seconds again. */
function seek(desk: Desk, frame: HearFrame, action: 'back' | 'ahead'): Turn {
  if (frame.phase === 'playing') return stay(frame, { type: 'seek', deltaMs: action === 'back' ? -seekMs : seekMs });
  if (frame.phase !== 'body-heard' || action === 'ahead') return asked(desk, frame);
  const again = body(desk, frame);
  const deltaMs = Math.max(0, current(frame).durationMs - seekMs);
  return again.to === 'stay' ? stay(again.frame, ...again.effects, { type: 'seek', deltaMs }) : again;
}

/** The message stays in its category, and the next category begins. What was new and heard is unopened again, which is as new to the lamp. */
function hold(desk: Desk, frame: HearFrame): Turn {
  const { state } = current(frame);
  const wasNew = frame.category === 'new' && (!isNew(state) || (state === 'new' && frame.heard !== 'nothing'));
  return wasNew ? mark(desk, frame, 'unopened', { kind: 'category' }) : follow(desk, frame, { kind: 'category' });
}


import { isNew } from '../../mailbox/message.ts';
import type { Desk } from '../collect/collect-context.ts';
import type { Frame } from '../collect/frames.ts';
import type { Turn } from '../collect/turn.ts';
import { noWait, play, sequenceMs, stay, toMain, wait } from '../collect/turn.ts';
import type { MessageAction } from '../key-maps/ip-office-keys.ts';
import { messageKeys } from '../key-maps/ip-office-keys.ts';
import { matchKeys } from '../key-maps/key-map.ts';
import { say } from '../phrase.ts';
import { forwardFrame } from './forward.ts';
import { editGreeting } from './greeting-menu.ts';
import type { Afterwards, ListenFrame, Place } from './listening.ts';
import { begin, body, current, follow, listenTo, mark, next } from './listening.ts';
import { starFrame } from './star-actions.ts';

/** How far one press of forward or back goes. */
const seekMs = 5000;

/** A sequence that may go on is done at once where it may ('*' goes back, and '**' calls the sender): waiting would be felt. */
export function keyed(desk: Desk, frame: ListenFrame, place: Place, digit: string): Turn {
  if (frame.messages[frame.index] === undefined) return toMain();
  const keys = frame.keys + digit;
  const match = matchKeys(messageKeys, keys);
  if (match.kind === 'action') return act(desk, { ...frame, keys: '' }, place, match.action);
  if (match.kind === 'more') return match.soon === null ? stay({ ...frame, keys }, wait(sequenceMs)) : soon(act(desk, frame, place, match.soon), keys);
  if (frame.keys === '*') return keyed(desk, { ...frame, keys: '' }, place, digit);
  return place === 'streaming' || place === 'ended' ? stay({ ...frame, keys: '' }) : begin(desk, { ...frame, keys: '' });
}

/** The action is done, and its key may still begin a longer sequence. */
const soon = (turn: Turn, keys: string): Turn => (turn.to === 'stay' && turn.frame.name === 'listen' ? { ...turn, frame: { ...turn.frame, keys }, effects: [...turn.effects, wait(sequenceMs)] } : turn);

function act(desk: Desk, frame: ListenFrame, place: Place, action: MessageAction): Turn {
  switch (action) {
    case 'delete':
      return mark(desk, frame, 'deleted', { kind: 'next', told: 'collect.deleted' });
    case 'save':
      return mark(desk, frame, 'saved', { kind: 'next', told: 'collect.saved' });
    case 'mark-new':
      return mark(desk, frame, 'new', { kind: 'next', told: 'collect.marked-new' });
    case 'repeat':
      return begin(desk, frame);
    case 'skip':
      return passing(desk, frame, place, { kind: 'next', told: null });
    case 'ahead':
      return ahead(desk, frame, place);
    case 'back':
      return goBack(desk, frame, place);
    case 'help':
      return stay({ ...frame, phase: 'helping' }, noWait, play(say('collect.message-help')));
    case 'old':
    case 'saved':
      return passing(desk, frame, place, { kind: 'instead', frame: listenTo(action) });
    case 'greeting':
      return passing(desk, frame, place, { kind: 'instead', frame: editGreeting(desk) });
    case 'leave':
      return passing(desk, frame, place, { kind: 'leave' });
    case 'forward':
      return passing(desk, frame, place, above(forwardFrame(current(frame).id)));
    case 'call-sender':
      return passing(desk, frame, place, above({ name: 'transfer', phase: 'transferring', to: current(frame).callerNumber }));
    case 'log-in':
      return passing(desk, frame, place, { kind: 'log-in' });
    default:
      return passing(desk, frame, place, above(starFrame(action)));
  }
}

const above = (frame: Frame): Afterwards => ({ kind: 'above', frame });

/** A new message becomes old when its body had begun and the owner goes on. */
function passing(desk: Desk, frame: ListenFrame, place: Place, then: Afterwards): Turn {
  return place === 'before' || !isNew(current(frame).state) ? follow(desk, frame, then) : mark(desk, frame, 'old', then);
}

function ahead(desk: Desk, frame: ListenFrame, place: Place): Turn {
  if (place === 'streaming') return stay(frame, { type: 'seek', deltaMs: seekMs });
  return place === 'ended' ? begin(desk, next(frame)) : body(desk, frame);
}

/** From the end of the body, back means its last seconds again; before it, the envelope again. */
function goBack(desk: Desk, frame: ListenFrame, place: Place): Turn {
  if (place === 'streaming') return stay(frame, { type: 'seek', deltaMs: -seekMs });
  if (place !== 'ended') return begin(desk, frame);
  const deltaMs = Math.max(0, current(frame).durationMs - seekMs);
  const again = body(desk, frame);
  return again.to === 'stay' ? stay(again.frame, noWait, ...again.effects, { type: 'seek', deltaMs }) : again;
}

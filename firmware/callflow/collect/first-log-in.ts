import type { OwnerAtLogIn } from '../flow.ts';
import type { Desk } from './collect-context.ts';
import type { Frame } from './frames.ts';
import { namingFrame } from './naming.ts';
import { newPinFrame } from './new-pin.ts';
import type { Machine, Turn } from './turn.ts';
import { above, instead } from './turn.ts';

/** What an owner has not done yet is asked for, one after the other; who will not is asked again at the next log-in. */
export interface FirstLogInFrame {
  readonly name: 'first-log-in';
  readonly left: readonly ('pin' | 'name')[];
  /** The menu then. */
  readonly then: Frame;
}

export const firstLogIn: Machine<FirstLogInFrame> = {
  enter: (_desk, frame) => next(frame),
  step: (_desk, frame) => next(frame),
  resume: (_desk, frame) => next(frame),
};

function next(frame: FirstLogInFrame): Turn {
  const [first, ...left] = frame.left;
  if (first === undefined) return instead(frame.then);
  return above({ ...frame, left }, first === 'pin' ? newPinFrame : namingFrame);
}

/** Of what the unit asks for. */
export function missing({ context }: Desk, owner: OwnerAtLogIn): ('pin' | 'name')[] {
  const wanted = context.firstLogIn ?? 'menu';
  return [...(wanted === 'name-and-pin' && owner.options.pinGiven ? (['pin'] as const) : []), ...(wanted !== 'menu' && !owner.named ? (['name'] as const) : [])];
}

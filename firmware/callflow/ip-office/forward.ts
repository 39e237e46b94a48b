import { addressAgain, addressFrame } from '../collect/address.ts';
import { deliverFrame } from '../collect/deliver.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import { recordDraft } from '../collect/recording.ts';
import type { Machine, Turn } from '../collect/turn.ts';
import { above, back, cancelled } from '../collect/turn.ts';
import { forwardKeys } from '../key-maps/ip-office-keys.ts';

/** A message goes on to others, with or without words before it. */
export interface ForwardFrame {
  readonly name: 'forward';
  readonly id: string;
  readonly introduced: boolean;
  readonly place: MenuPlace;
}

export const forwardFrame = (id: string): ForwardFrame => ({ name: 'forward', id, introduced: false, place: atStart });

export const forward: Machine<ForwardFrame> = {
  enter: (_desk, frame, first) => askMenu(menu(frame), first),
  step: (_desk, frame, input) => menuStep(menu(frame), frame.place, input),
  resume(desk, frame, result) {
    switch (result.kind) {
      case 'recorded':
        return above({ ...frame, introduced: true }, addressFrame);
      case 'addressed':
        return above(frame, deliverFrame({ message: { mailbox: desk.owner, id: frame.id }, introduced: frame.introduced }, 'forwarded', result.to));
      case 'unsent':
        return above(frame, addressAgain(result.first));
      case 'done':
        return back(result);
      default:
        return again(askMenu(menu({ ...frame, introduced: false }), result.first), frame.introduced);
    }
  },
};

/** What was recorded goes; the owner may begin again. */
const again = (turn: Turn, introduced: boolean): Turn => (introduced && turn.to === 'stay' ? { ...turn, effects: [...turn.effects, { type: 'abandon-draft' }] } : turn);

const menu = (frame: ForwardFrame): Menu<'forward' | 'with-header' | 'return'> => ({
  keys: forwardKeys,
  help: ['forward.help'],
  at: (place) => ({ ...frame, place }),
  act(action) {
    const calm: ForwardFrame = { ...frame, place: atStart, introduced: false };
    if (action === 'return') return cancelled();
    return above(calm, action === 'forward' ? addressFrame : recordDraft(0, 'forward.record', '#'));
  },
});

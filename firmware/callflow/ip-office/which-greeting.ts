import type { GreetingKind } from '../../mailbox/owner-choices.ts';
import type { Desk } from '../collect/collect-context.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, menuStep } from '../collect/menu.ts';
import type { Machine } from '../collect/turn.ts';
import { close, instead, toMain } from '../collect/turn.ts';
import { groupGreetingKeys, ownGreetingKeys } from '../key-maps/ip-office-keys.ts';
import { editThis } from './greeting-menu.ts';

/** Which greeting is meant: of a group for callers who wait, of an owner by the reason of the call. */
export interface WhichGreetingFrame {
  readonly name: 'which-greeting';
  readonly place: MenuPlace;
}

export const whichGreeting: Machine<WhichGreetingFrame> = {
  enter: (desk, frame, first) => askMenu(menu(desk, frame), first),
  step: (desk, frame, input) => menuStep(menu(desk, frame), frame.place, input),
};

type Chosen = Extract<GreetingKind, 'greeting' | 'out-of-hours' | 'busy' | 'no-answer' | 'internal' | 'external' | 'temporary' | 'queued' | 'still-queued'> | 'return' | 'leave';

function menu({ context, owner }: Desk, frame: WhichGreetingFrame): Menu<Chosen> {
  const group = context.book?.isGroup(owner) === true;
  return {
    keys: group ? groupGreetingKeys : ownGreetingKeys,
    help: [group ? 'menu.group-greetings' : 'menu.own-greetings'],
    at: (place) => ({ ...frame, place }),
    act(action) {
      if (action === 'return') return toMain();
      return action === 'leave' ? close('goodbye') : instead(editThis(action));
    },
  };
}

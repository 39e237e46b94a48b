import type { Chore } from '../collect/chore.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import { namingFrame } from '../collect/naming.ts';
import { newPinFrame } from '../collect/new-pin.ts';
import type { Machine, Turn } from '../collect/turn.ts';
import { above, instead, toMain } from '../collect/turn.ts';
import { optionKeys } from '../key-maps/intuity-keys.ts';
import { listsFrame } from './lists.ts';

/** Personal options: lists, password, name, what is said before a message, whether callers may leave messages. */
export interface OptionsFrame {
  readonly name: 'options';
  readonly place: MenuPlace;
}

export const optionsFrame: OptionsFrame = { name: 'options', place: atStart };

export const options: Machine<OptionsFrame> = {
  enter: (_desk, _frame, first) => askMenu(menu, first),
  step: (_desk, frame, input) => menuStep(menu, frame.place, input),
};

type Action = 'lists' | 'pin' | 'name' | 'call-answer' | 'time' | 'from' | 'said-name' | 'length' | 'help' | 'main';

const menu: Menu<Action> = { keys: optionKeys, help: ['options.help'], at: (place) => ({ ...optionsFrame, place }), act };

function act(action: Action): Turn {
  switch (action) {
    case 'lists':
      return instead(listsFrame);
    case 'pin':
      return above(optionsFrame, newPinFrame);
    case 'name':
      return above(optionsFrame, namingFrame);
    case 'help':
      return instead(optionsFrame);
    case 'main':
      return toMain();
    default:
      return above(optionsFrame, { name: 'chore', chore: chores[action] });
  }
}

const chores: Readonly<Record<'call-answer' | 'time' | 'from' | 'said-name' | 'length', Chore>> = {
  'call-answer': 'call-answer',
  time: 'envelope-time',
  from: 'envelope-number',
  'said-name': 'envelope-name',
  length: 'envelope-length',
};

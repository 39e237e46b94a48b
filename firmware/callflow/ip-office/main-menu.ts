import type { Desk } from '../collect/collect-context.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import type { Machine, Turn } from '../collect/turn.ts';
import { above, close, instead, toMain } from '../collect/turn.ts';
import type { MainAction } from '../key-maps/ip-office-keys.ts';
import { mainKeys } from '../key-maps/ip-office-keys.ts';
import { editGreeting } from './greeting-menu.ts';
import { listenTo } from './listening.ts';
import { starFrame } from './star-actions.ts';

/** Between messages. */
export interface MainFrame {
  readonly name: 'main';
  readonly place: MenuPlace;
}

export const mainFrame: MainFrame = { name: 'main', place: atStart };

export const mainMenu: Machine<MainFrame> = {
  enter: (desk, frame, first) => askMenu(menu(desk, frame), first),
  step: (desk, frame, input) => menuStep(menu(desk, frame), frame.place, input),
};

const menu = (desk: Desk, frame: MainFrame): Menu<MainAction> => ({
  keys: mainKeys,
  help: ['collect.main-help'],
  at: (place) => ({ ...frame, place }),
  act: (action) => act(desk, action),
});

function act(desk: Desk, action: MainAction): Turn {
  switch (action) {
    case 'new':
    case 'old':
    case 'saved':
      return instead(listenTo(action));
    case 'greeting':
      return instead(editGreeting(desk));
    case 'help':
      return toMain('collect.more-help');
    case 'leave':
      return close('goodbye');
    case 'log-in':
      return { to: 'log-in' };
    default:
      return above(mainFrame, starFrame(action));
  }
}

import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import { announcement } from '../collect/messages.ts';
import { outcallingFrame } from '../collect/outcalling.ts';
import type { Machine, Turn } from '../collect/turn.ts';
import { above, instead, stay } from '../collect/turn.ts';
import type { ActivityAction } from '../key-maps/intuity-keys.ts';
import { activityKeys } from '../key-maps/intuity-keys.ts';
import type { Phrase } from '../phrase.ts';
import { composeFrame } from './compose.ts';
import { everywhere } from './everywhere.ts';
import { greetingsFrame } from './greetings.ts';
import { hearFrame } from './hearing.ts';
import { optionsFrame } from './options.ts';

/** The activity menu. `counting`: right after the log-in what there is comes first. */
export interface ActivityFrame {
  readonly name: 'activity';
  readonly phase: 'counting' | 'activity';
  readonly place: MenuPlace;
}

export const activityFrame: ActivityFrame = { name: 'activity', phase: 'activity', place: atStart };
export const firstActivity: ActivityFrame = { ...activityFrame, phase: 'counting' };

export const activityMenu: Machine<ActivityFrame> = {
  enter: (desk, frame, first) => (frame.phase === 'counting' ? stay(frame, { type: 'list', mailbox: desk.owner, category: 'new' }) : askMenu(menu, first)),
  step(desk, frame, input) {
    if (frame.phase === 'activity') return menuStep(menu, frame.place, input);
    if (input.type !== 'listed') return stay(frame);
    const name: Phrase[] = [{ nameOf: desk.owner, orElse: [] }, { pauseMs: 200 }];
    return askMenu(menu, [...name, ...announcement(input.listing.counts), { pauseMs: 300 }]);
  },
};

const menu: Menu<ActivityAction> = {
  keys: activityKeys,
  help: ['activity.help'],
  at: (place) => ({ ...activityFrame, place }),
  act,
};

function act(action: ActivityAction): Turn {
  switch (action) {
    case 'send':
      return above(activityFrame, composeFrame('message', []));
    case 'get':
      return instead(hearFrame(null));
    case 'greetings':
      return instead(greetingsFrame);
    case 'options':
      return instead(optionsFrame);
    case 'outcalling':
      return above(activityFrame, outcallingFrame);
    case 'scan':
      return instead({ name: 'scan', place: atStart });
    default:
      return everywhere(activityFrame, action);
  }
}

import type { Message } from '../../mailbox/message.ts';
import type { Desk } from '../collect/collect-context.ts';
import { addressAgain, addressFrame } from '../collect/address.ts';
import { deliverFrame } from '../collect/deliver.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import type { Machine, Turn } from '../collect/turn.ts';
import { above, back, cancelled, instead } from '../collect/turn.ts';
import { respondKeys } from '../key-maps/intuity-keys.ts';
import { say } from '../phrase.ts';
import { composeFrame, forwardWithWords } from './compose.ts';

/** Reply to a message, call who left it, or forward it. */
export interface RespondFrame {
  readonly name: 'respond';
  readonly id: string;
  /** Who left it: a mailbox, or a number. */
  readonly sender: string;
  readonly place: MenuPlace;
}

export const respondFrame = ({ id, sender, callerNumber }: Message): RespondFrame => ({ name: 'respond', id, sender: sender ?? callerNumber, place: atStart });

export const respond: Machine<RespondFrame> = {
  enter: (desk, frame, first) => askMenu(menu(desk, frame), first),
  step: (desk, frame, input) => menuStep(menu(desk, frame), frame.place, input),
  resume(desk, frame, result) {
    if (result.kind === 'addressed') return above(frame, deliverFrame({ message: { mailbox: desk.owner, id: frame.id }, introduced: false }, 'forwarded', result.to));
    if (result.kind === 'unsent') return above(frame, addressAgain(result.first));
    return result.kind === 'done' ? back(result) : askMenu(menu(desk, frame), result.first);
  },
};

const menu = (desk: Desk, frame: RespondFrame): Menu<'call' | 'reply' | 'forward' | 'forward-plain' | 'return'> => ({
  keys: respondKeys,
  help: ['respond.help'],
  at: (place) => ({ ...frame, place }),
  act(action): Turn {
    switch (action) {
      case 'call':
        return instead({ name: 'transfer', phase: 'transferring', to: frame.sender });
      case 'reply':
        return mayReply(desk, frame.sender) ? above(frame, composeFrame('reply', [{ mailbox: frame.sender }])) : askMenu(menu(desk, frame), say('respond.no-mailbox'));
      case 'forward':
        return above(frame, forwardWithWords(frame.id));
      case 'forward-plain':
        return above(frame, addressFrame);
      case 'return':
        return cancelled();
    }
  },
});

const mayReply = ({ context }: Desk, sender: string): boolean => /^[0-9]+$/.test(sender) && context.book?.has(sender) !== false;

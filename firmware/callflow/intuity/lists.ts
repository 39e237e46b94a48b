import { maxLists } from '../../mailbox/lists/distribution-list.ts';
import { addressFrame } from '../collect/address.ts';
import type { Desk } from '../collect/collect-context.ts';
import { keyIn, spokenNumber } from '../collect/keying.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import type { Machine, Result, Turn } from '../collect/turn.ts';
import { above, instead } from '../collect/turn.ts';
import { listKeys } from '../key-maps/intuity-keys.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { AnswerOf, FlowRequest } from '../requests/requests.ts';
import type { Recipient } from '../requests/mailbox-requests.ts';

type Action = 'add' | 'hear' | 'remove' | 'share' | 'import' | 'delete';

/** Distribution lists of the owner, by number. */
export interface ListsFrame {
  readonly name: 'lists';
  /** What is done to a list, while its number or its mailboxes are keyed in; null = nothing. */
  readonly action: Action | null;
  /** 0 = not known yet. */
  readonly number: number;
  /** Whose public list is imported. */
  readonly from: string | null;
  readonly place: MenuPlace;
}

export const listsFrame: ListsFrame = { name: 'lists', action: null, number: 0, from: null, place: atStart };

/** So many are read out at once. */
const mostSpoken = 40;

export const lists: Machine<ListsFrame> = {
  enter: (desk, _frame, first) => ask(desk, first),
  step: (desk, frame, input) => menuStep(menu(desk, frame), frame.place, input),
  resume(desk, frame, result) {
    switch (result.kind) {
      case 'keyed':
        return keyed(desk, frame, result.digits);
      case 'addressed':
        return addressed(desk, frame, result.to);
      case 'answered':
        return answered(desk, frame, result.answer);
      default:
        return ask(desk, result.first);
    }
  },
};

const menu = (desk: Desk, frame: ListsFrame): Menu<Action | 'help' | 'return'> => ({
  keys: listKeys,
  help: ['lists.help'],
  at: (place) => ({ ...frame, place }),
  act(action): Turn {
    if (action === 'help') return ask(desk);
    return action === 'return' ? instead({ name: 'options', place: atStart }) : above({ ...listsFrame, action }, keyIn('lists.which'));
  },
});

const ask = (desk: Desk, first: readonly Phrase[] = []): Turn => askMenu(menu(desk, listsFrame), first);
const request = (frame: ListsFrame, wish: FlowRequest): Turn => above(frame, { name: 'asking', request: wish });

/** The list's number; of an import then the mailbox that has the other list, and that list's number. */
function keyed(desk: Desk, frame: ListsFrame, digits: string): Turn {
  if (frame.number > 0) return imported(desk, frame, digits);
  const number = Number(digits);
  if (digits === '' || number < 1 || number > maxLists) return ask(desk, say('send.no-list'));
  const chosen: ListsFrame = { ...frame, number };
  const mailbox = desk.owner;
  switch (frame.action) {
    case 'add':
    case 'remove':
      return above(chosen, addressFrame);
    case 'import':
      return above(chosen, keyIn('lists.whose'));
    case 'delete':
      return request(chosen, { kind: 'delete-list', mailbox, number });
    default:
      return request(chosen, { kind: 'read-list', mailbox, number });
  }
}

function imported(desk: Desk, frame: ListsFrame, digits: string): Turn {
  if (frame.from === null) return digits === '' ? ask(desk) : above({ ...frame, from: digits }, keyIn('lists.which'));
  const number = Number(digits);
  if (digits === '' || number < 1 || number > maxLists) return ask(desk, say('send.no-list'));
  return request(frame, { kind: 'change-list', mailbox: desk.owner, number: frame.number, importFrom: { mailbox: frame.from, number } });
}

function addressed(desk: Desk, frame: ListsFrame, to: readonly Recipient[]): Turn {
  const mailboxes = to.flatMap((one) => ('mailbox' in one ? [one.mailbox] : []));
  if (mailboxes.length === 0) return ask(desk, say('send.nobody'));
  return request(frame, { kind: 'change-list', mailbox: desk.owner, number: frame.number, ...(frame.action === 'remove' ? { remove: mailboxes } : { add: mailboxes }) });
}

function answered(desk: Desk, frame: ListsFrame, input: Extract<Result, { kind: 'answered' }>['answer']): Turn {
  if (input.answer === null) return ask(desk, say('try-later'));
  if (input.kind === 'delete-list') return ask(desk, say(input.answer.ok ? 'lists.deleted' : 'send.no-list'));
  if (input.kind === 'change-list') return ask(desk, changed(input.answer));
  if (input.kind !== 'read-list') return ask(desk);
  const { list } = input.answer;
  if (list === null) return ask(desk, say('send.no-list'));
  if (frame.action === 'share') return request({ ...frame, action: null }, { kind: 'change-list', mailbox: desk.owner, number: frame.number, public: !list.public });
  return ask(desk, [...sizeOf(list), ...input.answer.entries.slice(0, mostSpoken).flatMap((mailbox): Phrase[] => [spokenNumber(mailbox), { pauseMs: 150 }])]);
}

function changed({ fault, list }: AnswerOf<'change-list'>): Phrase[] {
  if (fault !== null || list === null) return say(faults[fault ?? 'no-such-list']);
  return sizeOf(list);
}

const sizeOf = ({ public: shared, size }: { readonly public: boolean; readonly size: number }): Phrase[] => [...say(shared ? 'lists.shared' : 'lists.own'), { number: size }, ...say('lists.entries')];

const faults: Readonly<Record<NonNullable<AnswerOf<'change-list'>['fault']>, PromptId>> = {
  'no-such-mailbox': 'send.no-mailbox',
  'no-such-list': 'send.no-list',
  'list-full': 'send.too-many',
  'too-many-lists': 'send.too-many',
};

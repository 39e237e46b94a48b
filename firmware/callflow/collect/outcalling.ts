import { outcallingKeys, destinationKeys } from '../key-maps/common-keys.ts';
import type { OutcallingAction } from '../key-maps/common-keys.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { DestinationName, OutcallingOptions } from '../requests/notify-requests.ts';
import type { Desk } from './collect-context.ts';
import { keyIn } from './keying.ts';
import type { Menu, MenuPlace } from './menu.ts';
import { askMenu, atStart, menuStep } from './menu.ts';
import type { Machine, Result, Turn } from './turn.ts';
import { above, cancelled } from './turn.ts';

/** Calls about new messages: hear, configure, off, on, return. */
export interface OutcallingFrame {
  readonly name: 'outcalling';
  readonly place: MenuPlace;
  /** Whose number is being set; null = none. */
  readonly destination: DestinationName | null;
  readonly choosing: boolean;
}

export const outcallingFrame: OutcallingFrame = { name: 'outcalling', place: atStart, destination: null, choosing: false };

const ringSec = 15;

export const outcalling: Machine<OutcallingFrame> = {
  enter: (desk, frame, first) => (frame.choosing ? askMenu(destinations(desk, frame), first) : askMenu(menu(desk, frame), first)),
  step: (desk, frame, input) => (frame.choosing ? menuStep(destinations(desk, frame), frame.place, input) : menuStep(menu(desk, frame), frame.place, input)),
  resume: (desk, frame, result) => goOn(desk, frame, result),
};

const menu = ({ owner }: Desk, frame: OutcallingFrame): Menu<OutcallingAction> => ({
  keys: outcallingKeys,
  help: ['outcalling.help'],
  at: (place) => ({ ...frame, place }),
  act(action) {
    switch (action) {
      case 'hear':
        return above(outcallingFrame, { name: 'asking', request: { kind: 'get-outcalling', mailbox: owner } });
      case 'configure':
        return askMenu(destinations({ owner } as Desk, { ...outcallingFrame, choosing: true }));
      case 'off':
        return above(outcallingFrame, { name: 'chore', chore: 'outcalling-off' });
      case 'on':
        return above(outcallingFrame, { name: 'chore', chore: 'outcalling-on' });
      case 'return':
        return cancelled();
    }
  },
});

const destinations = (desk: Desk, frame: OutcallingFrame): Menu<DestinationName | 'return'> => ({
  keys: destinationKeys,
  help: ['outcalling.which'],
  at: (place) => ({ ...frame, choosing: true, place }),
  act: (action) => (action === 'return' ? askMenu(menu(desk, outcallingFrame)) : above({ ...outcallingFrame, destination: action }, keyIn('outcalling.enter-number'))),
});

function goOn(desk: Desk, frame: OutcallingFrame, result: Result): Turn {
  if (result.kind === 'keyed' && frame.destination !== null) return keyed(desk, frame, result.digits);
  if (result.kind !== 'answered') return askMenu(menu(desk, outcallingFrame), result.first);
  const { answer } = result;
  if (answer.kind === 'get-outcalling' && answer.answer !== null) return frame.destination === null ? askMenu(menu(desk, outcallingFrame), heard(answer.answer)) : set(desk, frame, answer.answer);
  const outcome = answer.kind === 'set-outcalling' ? answer.answer?.outcome : undefined;
  return askMenu(menu(desk, outcallingFrame), say(outcome === 'ok' ? 'outcalling.set' : outcome === 'not-allowed' ? 'connect.not-allowed' : 'try-later'));
}

/** What is set is asked for first: only one number of it changes. '#' alone takes the number away; without any left the list is as at first. */
function keyed({ owner }: Desk, frame: OutcallingFrame, digits: string): Turn {
  return above({ ...frame, place: { keys: digits, idle: 0 } }, { name: 'asking', request: { kind: 'get-outcalling', mailbox: owner } });
}

function set({ owner }: Desk, frame: OutcallingFrame, options: OutcallingOptions): Turn {
  const name = frame.destination ?? 'other';
  const number = frame.place.keys;
  const { [name]: _before, ...others } = options.destinations;
  const escalation = options.escalation.filter((one) => one !== name);
  const request = number === '' ? { destinations: others, escalation: escalation.length === 0 ? (['desk'] as const) : escalation } : { destinations: { ...others, [name]: { number, ringSec } }, escalation: options.escalation.includes(name) ? options.escalation : [...escalation, name].slice(0, 9) };
  return above(outcallingFrame, { name: 'asking', request: { kind: 'set-outcalling', mailbox: owner, options: request } });
}

function heard({ on, escalation, destinations }: OutcallingOptions): Phrase[] {
  const words: Readonly<Record<DestinationName, PromptId>> = { desk: 'outcalling.desk', home: 'outcalling.home', mobile: 'outcalling.mobile', delegate: 'outcalling.delegate', other: 'outcalling.other' };
  const numbers = escalation.flatMap((name): Phrase[] => {
    const number = destinations[name]?.number;
    return number === undefined ? [] : [{ say: words[name] }, { digits: number }, { pauseMs: 200 }];
  });
  return [...say(on ? 'outcalling.on' : 'outcalling.off'), ...numbers];
}

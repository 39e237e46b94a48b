import type { DigitEntry } from '../digit-entry.ts';
import { enterDigit, entryPatienceMs, interDigitMs, noDigits } from '../digit-entry.ts';
import type { AddressAction } from '../key-maps/common-keys.ts';
import { addressKeys, noAddressKeys } from '../key-maps/common-keys.ts';
import { matchKeys } from '../key-maps/key-map.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { Recipient } from '../requests/mailbox-requests.ts';
import type { Desk } from './collect-context.ts';
import { keyIn, spokenNumber } from './keying.ts';
import { spelling } from './spell.ts';
import type { Machine, Turn } from './turn.ts';
import { above, back, cancelled, close, maxIdle, play, sequenceMs, stay, wait } from './turn.ts';

/** Who gets a message: numbers, each ended by '#', and '#' alone at the end. In Intuity mode also by name and by list. */
export interface AddressFrame {
  readonly name: 'address';
  readonly to: readonly Recipient[];
  readonly entry: DigitEntry;
  /** Keys from a '*' on that may become a sequence. */
  readonly keys: string;
  readonly idle: number;
  /** To be said first; left out: nothing. */
  readonly told?: readonly Phrase[];
}

export const addressFrame: AddressFrame = { name: 'address', to: [], entry: noDigits, keys: '', idle: 0 };

/** Once more: nobody got it, as is told. */
export const addressAgain = (told: readonly Phrase[]): AddressFrame => ({ ...addressFrame, told });

const mostRecipients = 40;

export const address: Machine<AddressFrame> = {
  enter: (desk, { told = [] }, first) => ask(desk, addressFrame, ...told, ...first),
  step(desk, frame, input) {
    if (input.type === 'played') return stay(frame, wait(entryPatienceMs));
    if (input.type === 'timer') return paused(desk, frame);
    return input.type === 'digit' ? keyed(desk, frame, input.digit) : stay(frame);
  },
  resume(desk, frame, result) {
    if (result.kind === 'addressed') return result.to.reduce<Turn>((turn, one) => (turn.to === 'stay' && turn.frame.name === 'address' ? add(desk, turn.frame, one) : turn), ask(desk, frame));
    if (result.kind === 'keyed' && /^[1-9][0-9]?$/.test(result.digits)) return add(desk, frame, { list: { mailbox: desk.owner, number: Number(result.digits) } });
    return ask(desk, frame, ...(result.first.length === 0 && result.kind === 'keyed' ? say('send.no-list') : result.first));
  },
};

const ask = ({ mode }: Desk, frame: AddressFrame, ...first: readonly Phrase[]): Turn =>
  stay({ ...frame, entry: noDigits, keys: '' }, { type: 'cancel-timer', name: 'patience' }, play([...first, ...say(...help(mode, frame))]));

const help = (mode: Desk['mode'], { to }: AddressFrame): PromptId[] => [
  to.length === 0 ? 'send.enter' : 'send.next',
  ...(mode === 'intuity' && to.length === 0 ? (['send.enter-more'] as const) : []),
];

function paused(desk: Desk, frame: AddressFrame): Turn {
  if (frame.keys !== '') return ask(desk, frame, ...say('collect.invalid'));
  if (frame.entry.digits !== '') return given(desk, frame, frame.entry.digits);
  if (frame.idle + 1 >= maxIdle) return close('goodbye');
  return ask(desk, { ...frame, idle: frame.idle + 1 }, ...say('still-there'));
}

function keyed(desk: Desk, frame: AddressFrame, digit: string): Turn {
  const map = desk.mode === 'intuity' ? addressKeys : noAddressKeys;
  const fresh: AddressFrame = { ...frame, idle: 0 };
  if (desk.mode === 'intuity' && (fresh.keys !== '' || digit === '*')) {
    const match = matchKeys(map, fresh.keys + digit);
    if (match.kind === 'more') return stay({ ...fresh, keys: fresh.keys + digit }, wait(sequenceMs));
    return match.kind === 'action' ? act(desk, fresh, match.action) : ask(desk, fresh, ...say('collect.invalid'));
  }
  const step = enterDigit(fresh.entry, digit);
  return step.kind === 'more' ? stay({ ...fresh, entry: step.entry }, wait(interDigitMs)) : given(desk, fresh, step.digits);
}

function act(desk: Desk, frame: AddressFrame, action: AddressAction): Turn {
  const calm: AddressFrame = { ...frame, keys: '', entry: noDigits };
  switch (action) {
    case 'by-name':
      return above(calm, spelling);
    case 'by-list':
      return above(calm, keyIn('send.enter-list'));
    case 'everyone':
      return add(desk, calm, { all: true });
    case 'drop':
      return frame.entry.digits === '' ? ask(desk, { ...calm, to: frame.to.slice(0, -1) }, ...say(frame.to.length === 0 ? 'send.nobody' : 'send.dropped')) : ask(desk, calm);
    case 'help':
      return ask(desk, calm, ...say('send.enter-more'));
    case 'cancel':
      return cancelled();
  }
}

function given(desk: Desk, frame: AddressFrame, digits: string): Turn {
  if (digits === '') return frame.to.length === 0 ? cancelled('send.nobody') : back({ kind: 'addressed', first: [], to: frame.to });
  if (desk.context.book?.has(digits) === false) return ask(desk, frame, ...say('send.no-mailbox'));
  return add(desk, frame, { mailbox: digits });
}

function add(desk: Desk, frame: AddressFrame, one: Recipient): Turn {
  if (frame.to.length >= mostRecipients) return ask(desk, frame, ...say('send.too-many'));
  const twice = frame.to.some((other) => JSON.stringify(other) === JSON.stringify(one));
  return ask(desk, { ...frame, to: twice ? frame.to : [...frame.to, one] }, ...named(one));
}

function named(one: Recipient): Phrase[] {
  if ('mailbox' in one) return [spokenNumber(one.mailbox), { pauseMs: 200 }];
  if ('list' in one) return [{ say: 'send.list' }, { number: one.list.number }, { pauseMs: 200 }];
  return say('send.everyone');
}

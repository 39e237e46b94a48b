import type { DigitEntry } from '../digit-entry.ts';
import { noDigits } from '../digit-entry.ts';
import { pickKeys } from '../key-maps/common-keys.ts';
import { say } from '../phrase.ts';
import { offeredNames } from '../spelled-names.ts';
import { entryStep } from './keying.ts';
import type { Machine, Turn } from './turn.ts';
import { back, cancelled, menuPatienceMs, play, stay, wait } from './turn.ts';

/** A mailbox by its owner's name, spelled on the keys; several are offered one after the other. */
export interface SpellFrame {
  readonly name: 'spell';
  readonly entry: DigitEntry;
  /** To choose from; empty while the name is keyed in. */
  readonly found: readonly string[];
}

export const spelling: SpellFrame = { name: 'spell', entry: noDigits, found: [] };

export const spell: Machine<SpellFrame> = {
  enter: (_desk, frame) => stay(frame, play(say('names.spell'))),
  step(desk, frame, input) {
    if (frame.found.length > 0) return input.type === 'digit' ? pick(frame, input.digit) : waiting(frame, input.type);
    return entryStep(input, frame.entry, (entry) => ({ ...frame, entry }), (keys) => found(frame, desk.context.book?.named(keys) ?? []));
  },
};

function found(frame: SpellFrame, mailboxes: readonly string[]): Turn {
  const [one] = mailboxes;
  if (one === undefined) return cancelled('names.none');
  if (mailboxes.length === 1) return chosen(one);
  const choices = mailboxes.slice(0, 9);
  return stay({ ...frame, found: choices }, play(offeredNames(choices)));
}

const chosen = (mailbox: string): Turn => back({ kind: 'addressed', first: [], to: [{ mailbox }] });

function pick(frame: SpellFrame, digit: string): Turn {
  const action = pickKeys[digit];
  if (action === 'return') return cancelled();
  const mailbox = frame.found[Number(action) - 1];
  return mailbox === undefined ? found(frame, frame.found) : chosen(mailbox);
}

function waiting(frame: SpellFrame, type: string): Turn {
  if (type === 'played') return stay(frame, wait(menuPatienceMs));
  return type === 'timer' ? cancelled() : stay(frame);
}

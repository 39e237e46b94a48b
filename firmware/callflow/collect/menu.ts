import type { FlowInput } from '../flow.ts';
import type { KeyMap } from '../key-maps/key-map.ts';
import { matchKeys } from '../key-maps/key-map.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { Frame } from './frames.ts';
import type { Turn } from './turn.ts';
import { close, maxIdle, menuPatienceMs, play, sequenceMs, stay, wait } from './turn.ts';

/** Where in a menu: keys that may become a longer sequence, and unanswered prompts in a row. */
export interface MenuPlace {
  readonly keys: string;
  readonly idle: number;
}

export const atStart: MenuPlace = { keys: '', idle: 0 };

export interface Menu<Action extends string> {
  readonly keys: KeyMap<Action>;
  readonly help: readonly PromptId[];
  /** Its frame at this place. */
  at(place: MenuPlace): Frame;
  act(action: Action): Turn;
}

/** Says what may be chosen, after `first`. */
export const askMenu = <Action extends string>(menu: Menu<Action>, first: readonly Phrase[] = []): Turn => stay(menu.at(atStart), play([...first, ...say(...menu.help)]));

export function menuStep<Action extends string>(menu: Menu<Action>, place: MenuPlace, input: FlowInput): Turn {
  if (input.type === 'played') return stay(menu.at(place), wait(menuPatienceMs));
  if (input.type === 'timer') return place.keys === '' ? idle(menu, place) : late(menu, place.keys);
  if (input.type !== 'digit') return stay(menu.at(place));
  const keys = place.keys + input.digit;
  const match = matchKeys(menu.keys, keys);
  if (match.kind === 'more') return stay(menu.at({ keys, idle: 0 }), wait(sequenceMs));
  return match.kind === 'action' ? menu.act(match.action) : askMenu(menu, say('collect.invalid'));
}

/** No key followed: what was keyed is all. */
function late<Action extends string>(menu: Menu<Action>, keys: string): Turn {
  const match = matchKeys(menu.keys, keys);
  return match.kind === 'more' && match.soon !== null ? menu.act(match.soon) : askMenu(menu, say('collect.invalid'));
}

function idle<Action extends string>(menu: Menu<Action>, place: MenuPlace): Turn {
  if (place.idle + 1 >= maxIdle) return close('goodbye');
  return stay(menu.at({ keys: '', idle: place.idle + 1 }), play(say('still-there', ...menu.help)));
}

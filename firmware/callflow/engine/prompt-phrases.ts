import type { PromptItem } from '../document/flow-document.ts';
import { namePattern } from '../document/flow-document.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import type { VariableScope } from '../variables/variables.ts';
import { expand, valueOf } from '../variables/variables.ts';

export interface PromptScope extends VariableScope {
  readonly mailbox: string | null;
}

/** What prompts of a document are to the caller, at this moment of the call. */
export const phrasesOf = (scope: PromptScope, items: readonly PromptItem[]): Phrase[] => items.flatMap((item) => phraseOf(scope, item));

function phraseOf(scope: PromptScope, item: PromptItem): Phrase[] {
  if (typeof item === 'string') return named(scope, item);
  if ('speak' in item) return [{ speak: expand(scope, item.speak).slice(0, 1000), orElse: [] }];
  if ('prompt' in item) return [{ say: item.prompt as PromptId }];
  if ('digits' in item) return [{ digits: expand(scope, item.digits) }];
  if ('number' in item) return number(expand(scope, item.number));
  if ('nameOf' in item) return [name(expand(scope, item.nameOf))];
  return [item];
}

/** Alone, a variable is what it holds; in a name it is a part of it. */
function named(scope: PromptScope, text: string): Phrase[] {
  const variable = /^\$([A-Za-z]+[0-9]{0,2}(?:\[[^\]]*\])?)$/.exec(text)?.[1];
  if (variable !== undefined) return held(scope, variable);
  const recorded = expand(scope, text);
  return namePattern.test(recorded) ? [{ recorded, orElse: [] }] : [];
}

function held(scope: PromptScope, variable: string): Phrase[] {
  const value = valueOf(scope, variable);
  switch (variable.toUpperCase()) {
    case 'NAM':
      return scope.mailbox === null ? [] : [name(scope.mailbox)];
    case 'RES':
      return value === '' ? [] : [{ recording: value, orElse: [] }];
    case 'QTIM':
      return /^\d{1,6}$/.test(value) ? [{ durationMs: Math.ceil(Number(value) / 60) * 60_000 }] : [];
    default:
      return [{ digits: value }];
  }
}

const name = (mailbox: string): Phrase => ({ nameOf: mailbox, orElse: [{ digits: mailbox }] });

/** What is no number is read out as it stands. */
const number = (text: string): Phrase[] => (/^\d{1,6}$/.test(text) ? [{ number: Number(text) }] : [{ digits: text }]);

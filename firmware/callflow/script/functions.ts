import type { Place } from './script.ts';
import { ScriptFault } from './script.ts';
import type { ScriptValue } from './values.ts';
import { asNumberOf, asTextOf } from './values.ts';

/** Given as worked out, in order. `if` is no function: it works out one of its two sides only. */
export interface ScriptFunction {
  readonly least: number;
  readonly most: number;
  readonly form: string;
  run(given: readonly ScriptValue[], at: Place): ScriptValue;
}

const text = (given: readonly ScriptValue[], index: number): string => asTextOf(given[index] as ScriptValue);

/** A count of characters, or a place: whole, not below 0. */
function whole(given: readonly ScriptValue[], index: number, at: Place, least: 0 | 1): number {
  const number = asNumberOf(given[index] as ScriptValue, at);
  if (!Number.isInteger(number) || number < least) throw new ScriptFault(at, `a place or number of characters must be whole and at least ${least}, not ${String(number)}`);
  return number;
}

/** Names and places as in Visual Basic: characters are counted from 1. */
export const functions: Readonly<Record<string, ScriptFunction>> = {
  left: { least: 2, most: 2, form: 'left(text, count)', run: (given, at) => text(given, 0).slice(0, whole(given, 1, at, 0)) },
  right: { least: 2, most: 2, form: 'right(text, count)', run: (given, at) => rightOf(text(given, 0), whole(given, 1, at, 0)) },
  mid: {
    least: 2, most: 3, form: 'mid(text, first) or mid(text, first, count)',
    run: (given, at) => {
      const from = whole(given, 1, at, 1) - 1;
      return text(given, 0).slice(from, given.length < 3 ? undefined : from + whole(given, 2, at, 0));
    },
  },
  length: { least: 1, most: 1, form: 'length(text)', run: (given) => text(given, 0).length },
  find: { least: 2, most: 2, form: 'find(text, part), 0 where it is not', run: (given) => text(given, 0).indexOf(text(given, 1)) + 1 },
  upper: { least: 1, most: 1, form: 'upper(text)', run: (given) => text(given, 0).toUpperCase() },
  lower: { least: 1, most: 1, form: 'lower(text)', run: (given) => text(given, 0).toLowerCase() },
};

const rightOf = (whole: string, count: number): string => (count === 0 ? '' : whole.slice(-count));

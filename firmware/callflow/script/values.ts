import { asNumber } from '../conditions/compare-values.ts';
import type { Place } from './script.ts';
import { mostNumber, mostTextCharacters, ScriptFault } from './script.ts';

export type ScriptValue = string | number | boolean;

/** Decimals are kept to six places, without an exponent. */
export function asTextOf(value: ScriptValue): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? value : String(Number(value.toFixed(6)) + 0);
}

/** Errors: ScriptFault where it is no number. Nothing counts as 0, as counters that nobody set do. */
export function asNumberOf(value: ScriptValue, at: Place): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'boolean' ? Number(value) : value === '' ? 0 : asNumber(value);
  if (number === null) throw new ScriptFault(at, `'${String(value).slice(0, 40)}' is no number to calculate with; texts are joined by &`);
  return number;
}

/** Errors: ScriptFault where it is neither true nor false. */
export function asTruthOf(value: ScriptValue, at: Place): boolean {
  if (typeof value === 'boolean') return value;
  const text = asTextOf(value).toLowerCase();
  if (text === '' || text === '0' || text === 'false') return false;
  if (text === 'true' || asNumber(text) !== null) return true;
  throw new ScriptFault(at, `'${text.slice(0, 40)}' is neither true nor false; compare it with something`);
}

/** Within the limits of what scripts work with. Errors: ScriptFault. */
export function bounded(value: ScriptValue, at: Place): ScriptValue {
  if (typeof value === 'string' && value.length > mostTextCharacters) throw new ScriptFault(at, `a text has at most ${mostTextCharacters} characters, and this one has ${value.length}`);
  if (typeof value === 'number' && !(Math.abs(value) <= mostNumber)) throw new ScriptFault(at, `a number is at most ${mostNumber} either way`);
  return value;
}

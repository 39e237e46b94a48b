import * as v from 'valibot';
import type { ComparisonSign } from '../conditions/condition.ts';
import { comparisons } from '../conditions/condition.ts';
import { mostVariableCharacters, userVariableIn, variableKind } from '../variables/variables.ts';
import type { ActionResult } from './action.ts';

/** What actions that compare have in common. */
export const signSchema = v.optional(v.pipe(v.picklist(comparisons), v.description('How the two are compared: numbers as numbers, all else as text.')), '=' as ComparisonSign);

export const valueSchema = (about: string) => v.pipe(v.string(), v.maxLength(mostVariableCharacters), v.description(about));

/** '$CLI', '$REG[open]'. */
export const variableSchema = (about: string) =>
  v.pipe(v.string(), v.maxLength(64), v.check((text) => text.startsWith('$') && (userVariableIn(text.slice(1)) !== null || variableKind(text.slice(1)) !== null), 'a variable like $CLI, $CP0 or $REG[name]'), v.description(about));

export const trueOrFalse: readonly ActionResult[] = [
  { name: 'True', about: 'It is so.' },
  { name: 'False', about: 'It is not.' },
];

export const truth = (holds: boolean): 'True' | 'False' => (holds ? 'True' : 'False');

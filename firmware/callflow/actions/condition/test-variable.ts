import * as v from 'valibot';
import { compareValues } from '../../conditions/compare-values.ts';
import type { ActionContext, ActionKind } from '../action.ts';
import { result } from '../action.ts';
import { signSchema, trueOrFalse, truth, valueSchema, variableSchema } from '../comparing.ts';
import type { KeyEntry } from '../key-entry.ts';
import { awaitKeys, keyEntryStep } from '../key-entry.ts';
import { directoryKinds, isIn } from './directory.ts';

const schema = v.strictObject({
  variable: variableSchema('Variable that is tested. With $KEY the caller is waited for, to key it anew.'),
  is: signSchema,
  value: v.optional(valueSchema('What it is compared with: a text in which variables are filled in, so another variable too.'), ''),
  any: v.optional(v.pipe(v.nullable(v.picklist(directoryKinds)), v.description('In place of a value: the number of any extension, hunt group or mailbox of this unit; is must be = or != then.')), null),
  timeoutSec: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(60), v.description('So long the first key of $KEY is waited for, s.')), 5),
});
const checked = v.pipe(schema, v.check(({ is, any }) => any === null || is === '=' || is === '!=', 'a number is one of the unit or it is not: with any, is must be = or !='));
type With = v.InferOutput<typeof schema>;

const asksKeys = ({ variable }: With): boolean => variable.toUpperCase() === '$KEY';

export const testVariable: ActionKind<With, KeyEntry> = {
  name: 'Test Variable',
  group: 'Condition',
  about: 'Compares a variable of the call with a value, another variable, or the numbers of the unit. With $KEY it waits for keys, ended by # or 5 s after the last one, and tests those.',
  schema: checked,
  results: (settings) => [...trueOrFalse, ...(asksKeys(settings) ? [{ name: 'Timeout', about: 'The caller keyed nothing.' }] : [])],
  hearsKeys: true,
  waits: true,
  waitsIf: asksKeys,
  begin: (context, settings) => (asksKeys(settings) ? awaitKeys(settings.timeoutSec) : result(truth(holds(context, settings, context.expand(settings.variable))))),
  step: (context, settings, state, input) =>
    keyEntryStep(state, input, (outcome) => (outcome === 'timeout' ? result('Timeout', { KEY: '' }) : result(truth(holds(context, settings, outcome.keys)), { KEY: outcome.keys }))),
  example: { with: { variable: '$KEY', any: 'extension' }, results: { True: 'transfer', False: 'try again', Timeout: 'operator' } },
};

function holds({ expand, settings }: ActionContext, { is, value, any }: With, tested: string): boolean {
  if (any !== null) return isIn(settings, any, tested) === (is === '=');
  return compareValues(tested, is, expand(value));
}

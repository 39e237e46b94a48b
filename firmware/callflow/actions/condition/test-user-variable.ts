import * as v from 'valibot';
import { compareValues } from '../../conditions/compare-values.ts';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';
import { signSchema, trueOrFalse, truth, valueSchema } from '../comparing.ts';
import { userVariableSchema } from './set-user-variable.ts';

const schema = v.strictObject({
  name: userVariableSchema,
  is: signSchema,
  value: valueSchema('What it is compared with; variables are filled in.'),
});

export const testUserVariable: ActionKind<v.InferOutput<typeof schema>, never> = {
  name: 'Test User Variable',
  group: 'Condition',
  about: 'Compares a variable that all calls share. One that nobody has set is empty.',
  schema,
  results: () => trueOrFalse,
  waits: false,
  begin: ({ userVariable, expand }, { name, is, value }) => result(truth(compareValues(userVariable(name), is, expand(value)))),
  step: () => result('False'),
  example: { with: { name: 'night', value: 'on' }, results: { True: 'closed', False: 'welcome' } },
};

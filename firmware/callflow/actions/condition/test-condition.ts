import * as v from 'valibot';
import { nameSchema } from '../../document/flow-document.ts';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';
import { trueOrFalse, truth } from '../comparing.ts';

const schema = v.strictObject({ condition: v.pipe(nameSchema, v.description('Name of the condition.')) });

export const testCondition: ActionKind<v.InferOutput<typeof schema>, never> = {
  name: 'Test Condition',
  group: 'Condition',
  about: 'Branches by a named condition: calendar, week, comparisons, joined by and, or, not. One that does not exist is not so.',
  schema,
  results: () => trueOrFalse,
  waits: false,
  begin: ({ condition }, settings) => result(truth(condition(settings.condition))),
  step: () => result('False'),
  references: ({ condition }) => ({ conditions: [condition] }),
  example: { with: { condition: 'Opening hours' }, results: { True: 'welcome', False: 'closed' } },
};

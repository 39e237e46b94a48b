import * as v from 'valibot';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';
import { trueOrFalse, truth } from '../comparing.ts';
import { matchesPattern, patternSchema } from './patterns.ts';

const schema = v.strictObject({
  numbers: v.pipe(v.array(patternSchema), v.minLength(1), v.maxLength(64), v.description("Callers' numbers; ? is any one digit, * any number of them ('0171*').")),
});

export const cliRouting: ActionKind<v.InferOutput<typeof schema>, never> = {
  name: 'CLI Routing',
  group: 'Telephony',
  about: "Branches by the caller's number. The older action; Variable Routing has more branches.",
  schema,
  results: () => trueOrFalse,
  waits: false,
  begin: ({ variables }, { numbers }) => result(truth(numbers.some((pattern) => matchesPattern(pattern, variables['CLI'] ?? '')))),
  step: () => result('False'),
  example: { with: { numbers: ['0171*'] }, results: { True: 'family', False: 'welcome' } },
};

import * as v from 'valibot';
import { valueSchema } from '../comparing.ts';
import { oneRequest } from '../one-request.ts';
import { cutValue, userVariablePattern } from '../../variables/variables.ts';

export const userVariableSchema = v.pipe(v.string(), v.regex(userVariablePattern, 'a name of at most 32 letters, digits and underscores that begins with a letter'), v.description('Name of the user variable; its value is $REG[name].'));

const schema = v.strictObject({
  name: userVariableSchema,
  value: valueSchema('What it is from now on, in every call; variables are filled in. Nothing removes it.'),
});

export const setUserVariable = oneRequest({
  name: 'Set User Variable',
  group: 'Condition',
  about: 'Sets a variable that all calls share and that survives a restart. Where it cannot be kept, the log says so and the flow goes on.',
  schema,
  results: () => [{ name: 'Next', about: 'It is set, durably.' }],
  kind: 'set-user-variable',
  ask: ({ expand }, { name, value }) => ({ name, value: cutValue(expand(value)) }),
  answered: () => ({ to: 'result', result: 'Next' }),
  example: { with: { name: 'night', value: 'on' }, results: { Next: 'confirm' } },
});

import * as v from 'valibot';
import { compareValues } from '../../conditions/compare-values.ts';
import { counterValue } from '../basic/generic-command.ts';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';
import { signSchema, trueOrFalse, truth, valueSchema } from '../comparing.ts';

const schema = v.strictObject({
  counter: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(15), v.description('Which of the counters $COUNTER1 to $COUNTER15.')),
  is: signSchema,
  value: valueSchema('What the counter is compared with afterwards; variables are filled in.'),
});
type With = v.InferOutput<typeof schema>;

/** What a counter holds at most, either way: it stays there. */
const mostCount = 999_999_999;

const counting = (name: string, does: string, by: 1 | -1, example: number): ActionKind<With, never> => ({
  name,
  group: 'Condition',
  about: `${does} a counter of the call by one, then compares it.`,
  schema,
  results: () => trueOrFalse,
  waits: false,
  begin: ({ variables, expand }, { counter, is, value }) => {
    const variable = `COUNTER${counter}`;
    const count = String(Math.max(-mostCount, Math.min(mostCount, counterValue(variables[variable]) + by)));
    return result(truth(compareValues(count, is, expand(value))), { [variable]: count });
  },
  step: () => result('False'),
  example: { with: { counter: 1, is: by > 0 ? '>=' : '<=', value: String(example) }, results: { True: 'operator', False: 'menu' } },
});

export const incrementAndTestCounter = counting('Increment and Test Counter', 'Raises', 1, 3);
export const decrementAndTestCounter = counting('Decrement and Test Counter', 'Lowers', -1, 0);

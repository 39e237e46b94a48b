import * as v from 'valibot';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';
import { variableSchema } from '../comparing.ts';
import { matchesPattern, patternSchema } from './patterns.ts';

const otherwise = 'No Match';

const schema = v.strictObject({
  variable: variableSchema('Variable by which calls are routed.'),
  matches: v.pipe(
    v.array(patternSchema),
    v.minLength(1),
    v.maxLength(64),
    v.check((patterns) => new Set(patterns).size === patterns.length, 'the same pattern stands twice; each is one result'),
    v.check((patterns) => !patterns.includes(otherwise), `${otherwise} is the result when no pattern fits; name another`),
    v.description('Patterns, each a result; the first that fits counts. ? is any one character, * any number of them; after a backslash they are themselves.'),
  ),
});

export const variableRouting: ActionKind<v.InferOutput<typeof schema>, never> = {
  name: 'Variable Routing',
  group: 'Telephony',
  about: 'Branches by the value of any variable.',
  schema,
  results: ({ matches }) => [...matches.map((name) => ({ name, about: `The value is like ${name}.` })), { name: otherwise, about: 'It is like none of them.' }],
  waits: false,
  begin: ({ expand }, { variable, matches }) => {
    const value = expand(variable);
    return result(matches.find((pattern) => matchesPattern(pattern, value)) ?? otherwise);
  },
  step: () => result(otherwise),
  example: { with: { variable: '$DDI', matches: ['5550100', '55502??'] }, results: { 5550100: 'sales', '55502??': 'service', 'No Match': 'operator' } },
};

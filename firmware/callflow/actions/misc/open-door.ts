import * as v from 'valibot';
import { say } from '../../phrase.ts';
import { oneRequest, tell } from '../one-request.ts';

const schema = v.strictObject({
  ms: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(10_000), v.description('So long the door relay is held, ms.')), 3000),
});

export const openDoor = oneRequest({
  name: 'Open Door',
  group: 'Miscellaneous',
  about: 'Holds the door relay of the board for a moment. Where the board has none, the caller is told that it is not possible, and the log says so.',
  schema,
  results: () => [{ name: 'Next', about: 'The relay is held, or there is none.' }],
  kind: 'open-door',
  ask: (_context, { ms }) => ({ ms }),
  answered: (_context, _settings, answer) => (answer?.opened === true ? { to: 'result', result: 'Next' } : tell(say('try-later'), 'Next')),
  example: { with: { ms: 3000 }, results: { Next: 'goodbye' } },
});

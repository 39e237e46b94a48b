import * as v from 'valibot';
import { result } from '../action.ts';
import { oneRequest } from '../one-request.ts';

export const successOrFailure = (success: string, failure: string) => [
  { name: 'Success', about: success },
  { name: 'Failure', about: `${failure}; the log says why.` },
];

const schema = v.strictObject({
  database: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, 'a name of 1 to 32 letters, digits, dots, dashes and underscores'), v.description('Name of the database in flows.databases of the configuration.')),
});

export const databaseOpen = oneRequest({
  name: 'Database Open',
  group: 'Database',
  about: 'Opens a database for this call, in place of the one that was open. It closes by itself when the call has ended.',
  schema,
  results: () => successOrFailure('It is open.', 'It is not configured, or cannot be read'),
  kind: 'open-database',
  ask: (_context, { database }) => ({ database }),
  answered: (_context, _settings, answer) => result(answer?.opened === true ? 'Success' : 'Failure'),
  example: { with: { database: 'customers' }, results: { Success: 'find', Failure: 'operator' } },
});

import * as v from 'valibot';
import { result } from '../action.ts';
import { oneRequest } from '../one-request.ts';
import { noRecord } from './database-get-data.ts';

export const databaseClose = oneRequest({
  name: 'Database Close',
  group: 'Database',
  about: 'Closes the database that is open for this call, if there is one.',
  schema: v.strictObject({}),
  results: () => [{ name: 'Next', about: 'None is open.' }],
  kind: 'close-database',
  ask: () => ({}),
  answered: () => result('Next', noRecord),
  example: { with: {}, results: { Next: 'menu' } },
});

import * as v from 'valibot';
import type { DataMove } from '../../requests/database-requests.ts';
import { mostFields } from '../../requests/database-requests.ts';
import type { Variables } from '../action.ts';
import { result } from '../action.ts';
import { oneRequest } from '../one-request.ts';

const fields = (values: readonly string[]): Variables => Object.fromEntries(Array.from({ length: mostFields }, (_, at) => [`DBD[${at}]`, values[at] ?? '']));

/** No record is the current one. */
export const noRecord: Variables = fields([]);

const schema = v.strictObject({
  move: v.optional(v.pipe(v.picklist(['next', 'previous', 'first', 'last']), v.description('Which record: after Database Execute, next is the first.')), 'next' as DataMove),
});

export const databaseGetData = oneRequest({
  name: 'Database Get Data',
  group: 'Database',
  about: 'Puts the first six fields of a record into $DBD[0] to $DBD[5]. A field that is not there, or is NULL, is empty.',
  schema,
  results: () => [
    { name: 'Success', about: 'There is a record.' },
    { name: 'At End', about: 'There is none in that direction any more.' },
    { name: 'Empty', about: 'The statement gave no record at all.' },
    { name: 'Failure', about: 'Nothing has been executed, or the call has been taken over by the other unit of the pair since.' },
  ],
  kind: 'get-data',
  ask: (_context, { move }) => ({ move }),
  answered: (_context, _settings, answer) => (answer === null ? result('Failure', noRecord) : result(answer.result, fields(answer.fields))),
  example: { with: { move: 'next' }, results: { Success: 'greet', 'At End': 'menu', Empty: 'unknown', Failure: 'operator' } },
});

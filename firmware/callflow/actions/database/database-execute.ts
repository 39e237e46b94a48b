import * as v from 'valibot';
import { mostStatementCharacters } from '../../../../hal/database.ts';
import { mostVariableCharacters } from '../../variables/variables.ts';
import { result } from '../action.ts';
import { oneRequest } from '../one-request.ts';
import { noRecord } from './database-get-data.ts';
import { successOrFailure } from './database-open.ts';

const schema = v.strictObject({
  sql: v.pipe(v.string(), v.minLength(1), v.maxLength(mostStatementCharacters), v.description('One SQL statement of SQLite, with a question mark for each value. Variables are not filled in here: they belong into values.')),
  values: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(mostVariableCharacters))), v.maxLength(32), v.description('What the question marks stand for, in order; variables are filled in. They are bound, so nothing that a caller keys can change the statement.')), []),
});

export const databaseExecute = oneRequest({
  name: 'Database Execute',
  group: 'Database',
  about: 'Does one statement in the open database, within 2 s. Of its rows 1,000 are kept, six columns each, for Database Get Data; $DBD[0] to $DBD[5] are empty until then. Changes need write: true in the configuration, and are durable at Success.',
  schema,
  results: () => successOrFailure('It is done; it may have given no row.', 'No database is open, or it does not do the statement'),
  kind: 'execute-database',
  ask: ({ expand }, { sql, values }) => ({ sql, values: values.map((value) => expand(value).slice(0, mostVariableCharacters)) }),
  answered: (_context, _settings, answer) => result(answer?.executed === true ? 'Success' : 'Failure', noRecord),
  example: { with: { sql: 'SELECT name, agent FROM customers WHERE number = ?', values: ['$CLI'] }, results: { Success: 'get', Failure: 'operator' } },
});

import * as v from 'valibot';
import { result } from '../action.ts';
import { oneRequest } from '../one-request.ts';

const schema = v.strictObject({
  source: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, 'a name of 1 to 32 letters, digits, dots, dashes and underscores'), v.description('Name of the remote flow in flows.remote of the configuration.')),
});

export const remoteCallFlow = oneRequest({
  name: 'Remote Call Flow',
  group: 'Miscellaneous',
  about: 'Fetches a flow document from another system, checks it as any other, and runs it as a module. Where the other system does not answer within 5 s, or sends no flow, the last good copy is run.',
  schema,
  results: () => [
    { name: 'Return', about: 'The fetched flow has come to a Module Return.' },
    { name: 'Failure', about: 'There is neither a flow nor a copy; the log says why.' },
  ],
  kind: 'fetch-flow',
  ask: (_context, { source }) => ({ source }),
  answered: (_context, _settings, answer) => (answer === null ? result('Failure') : { to: 'flow', flow: answer.flow, returns: true }),
  example: { with: { source: 'emergency-plan' }, results: { Return: 'menu', Failure: 'operator' } },
});

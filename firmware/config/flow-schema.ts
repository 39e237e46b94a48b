import * as v from 'valibot';
import { flag, text, textOrNull } from './schema-kinds.ts';
import * as form from './text-forms.ts';

/** What call flows may reach beyond the unit. Rules that join several keys are in `flow-rules.ts`. */

const database = v.strictObject({
  name: text({ is: form.peerName, about: 'Name of the database in call flows.' }),
  file: text({ is: form.filePath, about: 'SQLite file of at most 16 MiB, on this unit; each unit of a pair has its own.' }),
  write: flag({ default: false, about: 'Whether call flows may change it; then nothing else may write to the file while the unit runs.' }),
});

const remoteFlow = v.strictObject({
  name: text({ is: form.peerName, about: 'Name of the remote flow in call flows.' }),
  url: text({ is: form.secureUrl, about: 'Where the flow document is fetched, anew for each call that gets there.' }),
  token: v.optional(v.pipe(v.nullable(text({ is: form.bearerToken, secret: true, about: 'Bearer token that the other side wants to see.' })), v.description('Bearer token that the other side wants to see.')), null),
  authority: textOrNull({ is: form.filePath, about: 'PEM file of the authority that vouches for the other side; without it those count that the machine trusts.' }),
});

export const flows = v.strictObject({
  databases: v.optional(v.pipe(v.array(database), v.maxLength(8), v.description('Databases that call flows may ask.')), []),
  remote: v.optional(v.pipe(v.array(remoteFlow), v.maxLength(16), v.description('Call flows that another system holds, for the action Remote Call Flow.')), []),
});

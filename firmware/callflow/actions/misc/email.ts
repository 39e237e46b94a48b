import * as v from 'valibot';
import { result } from '../action.ts';
import { oneRequest } from '../one-request.ts';

const mostSubject = 200;
const mostText = 4000;

const schema = v.strictObject({
  to: v.pipe(v.string(), v.minLength(1), v.maxLength(254), v.description('Address of one recipient; variables are filled in ($DBD[2]).')),
  subject: v.optional(v.pipe(v.string(), v.maxLength(mostSubject), v.description('Variables are filled in.')), ''),
  text: v.optional(v.pipe(v.string(), v.maxLength(mostText), v.description('Variables are filled in.')), ''),
  recording: v.optional(v.pipe(v.boolean(), v.description('Whether what was recorded in this call ($RES) goes along.')), false),
});

/** A subject is one line: what is filled in must not begin another header (RFC 5322 2.2). */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

export const email = oneRequest({
  name: 'eMail',
  group: 'Miscellaneous',
  about: "Sends a text, and a recording of this call, by the unit's mail server. Success means that it is kept durably until the server takes it.",
  schema,
  results: () => [
    { name: 'Success', about: 'It is on its way.' },
    { name: 'Failure', about: 'There is no mail server or no such recording, the address is none, or too many mails wait; the log says which.' },
  ],
  kind: 'send-mail',
  ask: ({ expand, variables }, { to, subject, text, recording }) => ({
    to: oneLine(expand(to)).trim(),
    subject: oneLine(expand(subject)).slice(0, mostSubject),
    text: expand(text).slice(0, mostText),
    recording: recording ? (variables['RES'] ?? '') : null,
  }),
  answered: (_context, _settings, answer) => result(answer?.outcome === 'ok' ? 'Success' : 'Failure'),
  example: { with: { to: 'service@example.org', subject: 'Call from $CLI', text: 'Customer number $CP1.', recording: true }, results: { Success: 'thanks', Failure: 'operator' } },
});

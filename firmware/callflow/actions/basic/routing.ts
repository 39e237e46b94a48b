import * as v from 'valibot';
import type { DiversionReason } from '../../../sip/leg.ts';
import type { ActionKind } from '../action.ts';
import { result } from '../action.ts';

const incomingSchema = v.strictObject({
  internal: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.regex(/^[0-9*#+?]{1,32}$/, 'a number, in which ? stands for any digit'))), v.maxLength(64), v.description("Numbers that are internal beside those of the unit's mailboxes; ? stands for any one digit.")),
    [],
  ),
});
type Incoming = v.InferOutput<typeof incomingSchema>;

const matches = (pattern: string, number: string): boolean => pattern.length === number.length && [...pattern].every((sign, at) => sign === '?' || sign === number[at]);

export const routeIncomingCall: ActionKind<Incoming, never> = {
  name: 'Route Incoming Call',
  group: 'Telephony',
  about: "Tells callers of the house from others, by their number: it is one of the unit's mailboxes, or one of those that are named here.",
  schema: incomingSchema,
  results: () => [
    { name: 'Internal', about: 'The caller is one of the house.' },
    { name: 'External', about: 'The caller is not, or the number is withheld.' },
  ],
  waits: false,
  begin: ({ variables, settings }, { internal }) => {
    const caller = variables['CLI'] ?? '';
    const ours = settings.mailboxes.some(({ number }) => number === caller) || internal.some((pattern) => matches(pattern, caller));
    return result(ours ? 'Internal' : 'External');
  },
  step: () => result('External'),
  example: { with: { internal: ['2??'] }, results: { Internal: 'staff', External: 'welcome' } },
};

const statusSchema = v.strictObject({});
const statuses: Readonly<Record<DiversionReason, string>> = { 'no-answer': 'No Answer', busy: 'Busy', 'out-of-hours': 'Out of Hours', default: 'Default' };

export const routeByCallStatus: ActionKind<v.InferOutput<typeof statusSchema>, never> = {
  name: 'Route by Call Status',
  group: 'Telephony',
  about: 'Branches by the reason for which the PBX sent the call to voicemail.',
  schema: statusSchema,
  results: () => [
    { name: 'No Answer', about: 'Nobody answered.' },
    { name: 'Busy', about: 'The line was engaged.' },
    { name: 'Out of Hours', about: 'The time profile of the PBX says closed.' },
    { name: 'Default', about: 'The reason is not known.' },
  ],
  waits: false,
  begin: ({ reason }) => result(statuses[reason]),
  step: ({ reason }) => result(statuses[reason]),
  example: { with: {}, results: { 'No Answer': 'leave', Busy: 'busy', 'Out of Hours': 'closed', Default: 'leave' } },
};

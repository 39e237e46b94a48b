import * as v from 'valibot';
import { emailModes, weekdays } from './notify-settings.ts';
import { choice, text, textOrNull, wholeNumber } from './schema-kinds.ts';
import * as form from './text-forms.ts';

/** Mail, and calls of the unit's own. Rules that join several keys are in `notify-rules.ts`. */

export const mail = v.strictObject({
  host: text({ is: form.host, about: 'The mail server that takes what the unit sends.' }),
  port: wholeNumber({ unit: 'port', min: 1, max: 65535, default: 587, about: 'Port of the server: 587 by custom, 465 with TLS from the first octet.' }),
  tls: v.optional(
    choice(['required', 'starttls', 'off'], { about: 'How the server is spoken to: required is TLS from the first octet, starttls begins in the clear and goes on with TLS or not at all, off is in the clear.' }),
    'starttls',
  ),
  authority: textOrNull({ is: form.filePath, about: 'PEM file of the authority that vouches for the server; without it those count that the machine trusts.' }),
  user: textOrNull({ is: form.mailUser, about: 'User name at the server, where it asks for one.' }),
  password: v.optional(v.pipe(v.nullable(text({ is: form.password, secret: true, about: 'Password at the server.' })), v.description('Password at the server.')), null),
  from: text({ is: form.mailAddress, about: 'Sender of the mails.' }),
  mostPerHour: wholeNumber({ unit: 'mails', min: 1, max: 10_000, default: 200, about: 'Mails sent within an hour; more wait.' }),
});

export const mailboxEmail = {
  email: textOrNull({ is: form.mailAddress, about: 'Where messages of this mailbox are mailed.' }),
  emailMode: v.optional(
    choice(emailModes, { about: 'What is mailed until the owner chooses: nothing (off), the message (copy), the message, which is deleted here once the mail server has it (forward), or only that there is one (alert).' }),
    'off',
  ),
};

export const outgoing = v.strictObject({
  allow: v.optional(
    v.pipe(
      v.array(text({ is: form.outgoingPattern, about: 'A pattern of numbers.' })),
      v.maxLength(64),
      v.description('Numbers outside that the unit may call by itself: X is any digit, a dot at the end is one digit or more, and a pattern that begins with ! forbids what others allow. Numbers of mailboxes may always be called.'),
    ),
    [],
  ),
  peer: textOrNull({ is: form.peerName, about: 'Name of the PBX that is called; without it the first in use that has a host.' }),
  mostPerMailboxPerDay: wholeNumber({ unit: 'calls', min: 0, max: 1000, default: 50, about: 'Calls to numbers outside for one mailbox in a day.' }),
  mostPerDay: wholeNumber({ unit: 'calls', min: 0, max: 10_000, default: 500, about: 'Calls to numbers outside in a day, of the whole unit.' }),
  outcalls: wholeNumber({ unit: 'calls', min: 0, max: 50, default: 5, about: 'Calls about messages to the destinations of owners at the same time; more wait, 0 means none.' }),
  callbacks: wholeNumber({ unit: 'calls', min: 0, max: 50, default: 2, about: 'Callbacks and ringbacks at the same time; more wait, 0 means none.' }),
  alarms: wholeNumber({ unit: 'calls', min: 0, max: 50, default: 2, about: 'Alarm calls at the same time; more wait, 0 means none.' }),
});

const workingDays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;

const hours = (days: readonly (typeof weekdays)[number][]) =>
  v.strictObject({
    days: v.optional(v.pipe(v.array(v.picklist(weekdays)), v.minLength(1), v.maxLength(7), v.description('Days of the week.')), [...days]),
    from: v.optional(text({ is: form.timeOfDay, about: 'Beginning, in the time zone of the unit.' }), '07:30'),
    to: v.optional(text({ is: form.timeOfDay, about: 'End.' }), '19:30'),
  });

export const outcalling = v.strictObject({
  prime: v.optional(v.pipe(hours(workingDays), v.description('The hours that owners choose as prime time.')), {}),
  peak: v.optional(v.pipe(hours(weekdays), v.description('The hours that owners choose as peak time.')), {}),
});

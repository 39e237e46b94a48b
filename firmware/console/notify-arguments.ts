import { destinationNames, windowNames } from '../callflow/requests/notify-requests.ts';
import { dialable } from '../calls/outgoing-rules.ts';
import { emailModes, weekdays } from '../config/notify-settings.ts';
import { timeOfDay } from '../config/text-forms.ts';
import type { ArgumentKind } from './command.ts';
import type { ConsoleUnit } from './console-unit.ts';
import { findById, shortId } from './find-by-id.ts';

/** Kinds of values of mail, of calls about messages and of alarm calls. */

const oneOf = (name: string, help: string, words: readonly string[]): ArgumentKind => ({ name, help, check: (text) => (words.includes(text) ? null : `it is one of ${words.join(', ')}`), values: () => words });
const wholeNumber = (name: string, help: string, min: number, max: number): ArgumentKind => ({
  name, help: `${help}, ${min} to ${max}`, check: (text) => (/^[0-9]{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max ? null : `it is a number from ${min} to ${max}`),
});

export const modeArgument = oneOf('MODE', 'off, copy (the message stays), forward (it is deleted once the mail server has it) or alert (without audio)', emailModes);
export const destinationArgument = oneOf('DESTINATION', 'desk, home, mobile, delegate or other', destinationNames);
export const windowArgument = oneOf('WINDOW', 'hours of calls: any, prime, peak, or own as the owner has set them', windowNames);
export const dayArgument = oneOf('DAY', 'day of the week', weekdays);
export const ringArgument = wholeNumber('SECONDS', 'how long it rings', 5, 120);
export const retriesArgument = wholeNumber('RETRIES', 'how often it is tried again', 0, 10);
export const minutesArgument = wholeNumber('MINUTES', 'between two tries', 1, 60);

/** As `dialledArgument`, of what the unit may call by itself. */
export const calledArgument: ArgumentKind = {
  name: 'NUMBER',
  help: 'a number that the unit may call: of a mailbox, or allowed by outgoing.allow',
  check: (text, unit) => (!dialable.test(text) ? 'a number has 1 to 32 digits and the signs * # +' : unit.notify?.outgoing.allows(text) === false ? `${text} may not be called: outgoing.allow has no pattern for it` : null),
  values: (unit) => unit.mailboxes().map(({ number }) => number),
};

export const timeArgument: ArgumentKind = { name: 'TIME', help: 'time of day, like 07:30', check: (text) => (timeOfDay.accepts(text) ? null : 'a time of day is written like 07:30') };

export const codeKeysArgument: ArgumentKind = { name: 'CODE', help: 'up to 4 digits, * and #; none = the answer is enough', check: (text) => (/^(?:[0-9*#]{1,4}|none)$/.test(text) ? null : 'a code has up to 4 digits and the signs * #, or is none') };

export const escalationArgument: ArgumentKind = {
  name: 'LIST',
  help: 'destinations in the order of calling, 1 to 9: "desk mobile home"',
  check(text) {
    const names = wordsOf(text);
    const unknown = names.find((name) => !(destinationNames as readonly string[]).includes(name));
    if (unknown !== undefined) return `${unknown} is none of ${destinationNames.join(', ')}`;
    return names.length >= 1 && names.length <= 9 ? null : 'a list has 1 to 9 destinations';
  },
};

export const intervalsArgument: ArgumentKind = {
  name: 'MINUTES-LIST',
  help: 'minutes before each retry, 1 to 5 of them, 0 to 60: "5 10 30"',
  check(text) {
    const all = wordsOf(text);
    return all.length >= 1 && all.length <= 5 && all.every((one) => /^[0-9]{1,2}$/.test(one) && Number(one) <= 60) ? null : 'it is 1 to 5 numbers from 0 to 60';
  },
};

export const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

export const mailArgument: ArgumentKind = {
  name: 'MAIL',
  help: 'a mail that waits, by the end of its id as show mail shows it',
  check(text, unit) {
    const found = findById(waitingMails(unit), text);
    if (found === 'none') return `no mail ${text} waits`;
    return found === 'several' ? `several ids end in ${text}: give more of it` : null;
  },
  values: (unit) => waitingMails(unit).map(({ id }) => shortId(id)),
  resolve(text, unit) {
    const found = findById(waitingMails(unit), text);
    return typeof found === 'string' ? text : found.id;
  },
};

const waitingMails = (unit: ConsoleUnit): readonly { readonly id: string }[] => unit.notify?.outbox.all() ?? [];

export const alarmArgument: ArgumentKind = {
  name: 'ALARM',
  help: 'an alarm call, as show alarms lists them',
  check: (text, unit) => (alarmIds(unit).includes(text) ? null : `there is no alarm ${text}`),
  values: (unit) => alarmIds(unit),
};

const alarmIds = (unit: ConsoleUnit): string[] => (unit.notify?.alarms.all() ?? []).map(({ id }) => id);

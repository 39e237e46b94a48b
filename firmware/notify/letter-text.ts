import type { Message } from '../mailbox/message.ts';

/** What is known of a message when a mail about it is written. */
export interface LetterFacts {
  readonly message: Pick<Message, 'callerNumber' | 'callerName' | 'startedMs' | 'durationMs' | 'interrupted'>;
  readonly mailbox: string;
  readonly owner: string;
  readonly unit: string;
  readonly timeZone: string;
  readonly mode: 'copy' | 'forward' | 'alert';
}

interface Words {
  readonly locale: string;
  readonly unknown: string;
  readonly subject: (from: string, duration: string) => string;
  readonly lines: (facts: { from: string; when: string; duration: string; mailbox: string; owner: string }) => readonly string[];
  readonly interrupted: string;
  readonly modes: Readonly<Record<LetterFacts['mode'], string>>;
  readonly signature: (unit: string) => string;
  readonly fileName: string;
}

/** The texts of mails, by language. One that is not here is written in the first. */
const languages: Readonly<Record<string, Words>> = {
  en: {
    locale: 'en-GB',
    unknown: 'an unknown caller',
    subject: (from, duration) => `Voice message from ${from} (${duration})`,
    lines: ({ from, when, duration, mailbox, owner }) => [`New voice message for mailbox ${mailbox}${owner === '' ? '' : ` (${owner})`}.`, '', `From:   ${from}`, `When:   ${when}`, `Length: ${duration}`],
    interrupted: 'The recording was cut off.',
    modes: { copy: 'It is attached and stays in the mailbox.', forward: 'It is attached; in the mailbox it is deleted.', alert: 'It is in the mailbox.' },
    signature: (unit) => `Sent by voicemail ${unit}.`,
    fileName: 'message',
  },
  de: {
    locale: 'de-DE',
    unknown: 'unbekanntem Anrufer',
    subject: (from, duration) => `Sprachnachricht von ${from} (${duration})`,
    lines: ({ from, when, duration, mailbox, owner }) => [`Neue Sprachnachricht für Mailbox ${mailbox}${owner === '' ? '' : ` (${owner})`}.`, '', `Von:   ${from}`, `Wann:  ${when}`, `Länge: ${duration}`],
    interrupted: 'Die Aufnahme wurde unterbrochen.',
    modes: { copy: 'Sie ist angehängt und bleibt in der Mailbox.', forward: 'Sie ist angehängt; in der Mailbox ist sie gelöscht.', alert: 'Sie ist in der Mailbox.' },
    signature: (unit) => `Gesendet vom Anrufbeantworter ${unit}.`,
    fileName: 'nachricht',
  },
};

export interface LetterText {
  readonly subject: string;
  readonly text: string;
  /** Without its extension. */
  readonly fileName: string;
}

export function letterText(language: string, { message, mailbox, owner, unit, timeZone, mode }: LetterFacts): LetterText {
  const words = languages[language] ?? (languages['en'] as Words);
  const from = callerOf(message, words);
  const duration = minutes(message.durationMs);
  const when = new Intl.DateTimeFormat(words.locale, { timeZone, dateStyle: 'full', timeStyle: 'short' }).format(message.startedMs);
  const lines = [...words.lines({ from, when, duration, mailbox, owner }), '', ...(message.interrupted ? [words.interrupted] : []), words.modes[mode], '', words.signature(unit), ''];
  return { subject: oneLine(words.subject(from, duration)), text: lines.join('\n'), fileName: `${words.fileName}-${mailbox}-${stamp(message.startedMs)}` };
}

/** What callers send of themselves stands in one line. */
function callerOf({ callerName, callerNumber }: LetterFacts['message'], { unknown }: Words): string {
  const [name, number] = [oneLine(callerName), oneLine(callerNumber)];
  if (name === '' && number === '') return unknown;
  return name === '' || name === number ? number : number === '' ? name : `${name} (${number})`;
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, 150);

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** '20261127T0612Z' */
const stamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|:\d\d\.\d+/g, '').replace(/\d\d\.\d+Z$/, 'Z');

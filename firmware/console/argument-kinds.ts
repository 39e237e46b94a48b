import { readCode } from '../failover/pairing/pair-code.ts';
import { nearest } from '../config/nearest.ts';
import { address } from '../config/text-forms.ts';
import type { Message } from '../mailbox/message.ts';
import type { Member } from '../site/members/member.ts';
import type { Sibling } from '../site/manifest-contents.ts';
import type { ArgumentKind, Given } from './command.ts';
import type { ConsoleUnit } from './console-unit.ts';
import { findById, shortId } from './find-by-id.ts';
import { parseKeyScript } from './key-script.ts';

export const mailboxArgument: ArgumentKind = {
  name: 'MAILBOX',
  help: 'number of a mailbox',
  check(text, unit) {
    const numbers = mailboxNumbers(unit);
    if (numbers.includes(text)) return null;
    const close = nearest(text, numbers);
    return `there is no mailbox ${text}${close === null ? '' : `; did you mean ${close}?`}`;
  },
  values: (unit) => mailboxNumbers(unit),
};

export const messageArgument: ArgumentKind = {
  name: 'ID',
  help: 'id of a message, or its end as show messages shows it',
  check(text, unit, given) {
    const found = findById(messagesOf(unit, given), text);
    if (found === 'none') return `there is no message ${text} in mailbox ${given['MAILBOX']}`;
    return found === 'several' ? `several ids end in ${text}: give more of it` : null;
  },
  values: (unit, given) => messagesOf(unit, given).map((message) => shortId(message.id)),
  resolve(text, unit, given) {
    const found = findById(messagesOf(unit, given), text);
    return typeof found === 'string' ? text : found.id;
  },
};

export const dialledArgument: ArgumentKind = {
  name: 'NUMBER',
  help: 'what to dial: a mailbox, or another number like *17',
  check: (text) => (/^[A-Za-z0-9*#+._-]{1,32}$/.test(text) ? null : 'a number has 1 to 32 letters, digits and the signs * # + . _ -'),
  values: (unit) => [...mailboxNumbers(unit), ...unit.settings().settings.numbers.collect],
};

export const addressArgument: ArgumentKind = {
  name: 'ADDRESS',
  help: 'IPv4 or IPv6 address of the other unit',
  check: (text) => (address.accepts(text) ? null : 'an address is written in digits: 192.0.2.7 or 2001:db8::7'),
  values: (unit) => unit.settings().settings.pair?.partner ?? unit.settings().settings.central?.addresses ?? [],
};

export const codeArgument: ArgumentKind = {
  name: 'CODE',
  help: 'the code that pair code, or site code, shows on the other unit',
  secret: true,
  check: (text) => (readCode(text) === null ? 'a code has 12 letters and digits in three groups, as the other unit shows it' : null),
};

export const versionArgument: ArgumentKind = {
  name: 'VERSION',
  help: 'a kept version, as show site lists them',
  check: (text, unit) => (versions(unit).includes(text) ? null : `version ${text} is not kept`),
  values: (unit) => versions(unit),
};

export const siblingArgument: ArgumentKind = {
  name: 'NAME',
  help: 'what was edited on both sides, as show site lists it',
  check: (text, unit) => (siblings(unit).some(({ name }) => name === text) ? null : `${text} was not edited on both sides`),
  values: (unit) => siblings(unit).map(({ name }) => name),
};

export const contentArgument: ArgumentKind = {
  name: 'CONTENT',
  help: 'a content of it, by the first digits that show site lists',
  check(text, unit, given) {
    const found = contents(unit, given).filter((sha256) => sha256.startsWith(text));
    if (found.length === 1) return null;
    return found.length === 0 ? `${given['NAME']} has no content ${text}` : `several contents begin with ${text}: give more of it`;
  },
  values: (unit, given) => contents(unit, given).map((sha256) => sha256.slice(0, 8)),
  resolve: (text, unit, given) => contents(unit, given).find((sha256) => sha256.startsWith(text)) ?? text,
};

export const memberArgument: ArgumentKind = {
  name: 'MEMBER',
  help: 'name of a distributed unit, or the first digits of its certificate, as show members lists them',
  check(text, unit) {
    const found = membersNamed(unit, text);
    if (found.length === 1) return null;
    return found.length === 0 ? `there is no distributed unit ${text}` : `several distributed units are meant by ${text}: give the first digits of its certificate`;
  },
  values: (unit) => distributedMembers(unit).map(({ name, fingerprint }) => (/^[\w.-]+$/.test(name) ? name : fingerprint.slice(0, 8))),
  resolve: (text, unit) => membersNamed(unit, text)[0]?.fingerprint ?? text,
};

export const countArgument: ArgumentKind = {
  name: 'COUNT',
  help: 'how many, 1 to 1000',
  check: (text) => (/^[0-9]{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1000 ? null : 'a count is a number from 1 to 1000'),
};

export const fileArgument: ArgumentKind = {
  name: 'FILE',
  help: 'name of a file',
  check: (text) => (text !== '' && !/\p{Cc}/u.test(text) ? null : 'a file name has at least one character and no control characters'),
};

export const textArgument: ArgumentKind = {
  name: 'TEXT',
  help: 'words, in quotes',
  check: (text) => (text.trim() !== '' && text.length <= 500 ? null : 'the text has 1 to 500 characters'),
};

export const keysArgument: ArgumentKind = {
  name: 'KEYS',
  help: 'digits to send, w4 to wait 4 s, s to speak now, apart by spaces: "201# w2 1"',
  check(text) {
    const script = parseKeyScript(text);
    return script.ok ? null : script.message;
  },
};

export const switchArgument: ArgumentKind = {
  name: 'ON',
  help: 'on or off',
  check: (text) => (['on', 'off'].includes(text) ? null : 'it is on or off'),
  values: () => ['on', 'off'],
};

export const sectionArgument: ArgumentKind = {
  name: 'SECTION',
  help: 'a part of the settings: sip, messages, peers[0]',
  check: (text, unit) => (/^[A-Za-z0-9.[\]]{1,64}$/.test(text) && sections(unit).includes(text.split(/[.[]/)[0] ?? '') ? null : `the settings have no section ${text}`),
  values: (unit) => sections(unit),
};

function sections(unit: ConsoleUnit): string[] {
  return Object.keys(unit.settings().settings);
}

function mailboxNumbers(unit: ConsoleUnit): string[] {
  return unit.mailboxes().map((mailbox) => mailbox.number);
}

function messagesOf(unit: ConsoleUnit, given: Given): readonly Message[] {
  return unit.messages(given['MAILBOX'] ?? '', true) ?? [];
}

const distributedMembers = (unit: ConsoleUnit): readonly Member[] => (unit.members?.status() ?? []).map(({ member }) => member).filter(({ kind }) => kind === 'distributed');

function membersNamed(unit: ConsoleUnit, text: string): readonly Member[] {
  const all = distributedMembers(unit);
  const named = all.filter(({ name }) => name === text);
  return named.length > 0 ? named : all.filter(({ fingerprint }) => text.length >= 4 && fingerprint.startsWith(text));
}

const versions = (unit: ConsoleUnit): string[] => (unit.site?.history() ?? []).map(({ version }) => String(version));

const siblings = (unit: ConsoleUnit): readonly Sibling[] => unit.site?.siblings() ?? [];

const contents = (unit: ConsoleUnit, given: Given): string[] =>
  siblings(unit).filter(({ name }) => name === given['NAME']).flatMap(({ inForce, others }) => [inForce, ...others].map(({ sha256 }) => sha256));

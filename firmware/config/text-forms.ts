import { IPV4_REGEX, IPV6_REGEX } from 'valibot';
import { namePattern } from '../callflow/document/flow-document.ts';
import type { TextForm } from './schema-kinds.ts';

/** The forms of text in the configuration; each `form` completes "must be ...". */
const byPattern = (form: string, pattern: RegExp): TextForm => ({ form, accepts: (text) => pattern.test(text) });

export const unitName = byPattern(
  'a name of 1 to 63 letters, digits, spaces, dots, dashes and underscores',
  /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,61}[A-Za-z0-9])?$/,
);

/** Of flows and what belongs to them (callflow/document/flow-document.ts). */
export const flowName = byPattern('a name of 1 to 64 letters, digits, spaces, dots, dashes and underscores', namePattern);

export const peerName = byPattern(
  'a name of 1 to 32 letters, digits, dots, dashes and underscores',
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/,
);

/** A level of an MQTT topic: no slash, no wildcard. */
export const siteName = byPattern('a name of 1 to 32 small letters, digits and dashes', /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/);

/** Digits only: owners key it in on a telephone. */
export const mailboxNumber = byPattern('a mailbox number of 1 to 15 digits', /^[0-9]{1,15}$/);

/** The user part of a SIP URI as a dialling plan has it; named services ("voicemail") and short codes ("*17") alike. */
export const dialledNumber = byPattern(
  'a dialled number of 1 to 32 letters, digits and the signs * # + . _ -',
  /^[A-Za-z0-9*#+._-]{1,32}$/,
);

export const numberPrefix = byPattern('the first 1 to 32 digits of a number', /^[0-9*#+]{1,32}$/);

/** RFC 3261 25.1 token, as header fields and parameters are named. */
export const headerName = byPattern('a name of 1 to 40 letters, digits and dashes', /^[A-Za-z][A-Za-z0-9-]{0,39}$/);

export const oneKey = byPattern('a key: a digit, * or #', /^[0-9*#]$/);

/** A line port of the board by its name, or a driver and what it knows the line by. */
export const lineDevice = byPattern('a line of the board, or DRIVER:PLACE', /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,31}|[a-z][a-z0-9]{0,15}:[^\s\p{Cc}]{1,128})$/u);

export const lineOption = byPattern('an option like key=value', /^[A-Za-z][A-Za-z0-9-]{0,31}=[^\s\p{Cc}]{1,64}$/u);

/** RFC 3261 25.1: a SIP URI in the form that people write, or what a dialling plan has. */
export const collectTarget = byPattern(
  'a SIP URI like sip:*17@192.0.2.7, or a dialled number',
  /^(?:sips?:[A-Za-z0-9*#+._~-]{1,64}@[A-Za-z0-9.:[\]-]{1,253}(?:;[A-Za-z0-9=._-]{1,64}){0,4}|[A-Za-z0-9*#+._-]{1,32})$/,
);

export const personName = byPattern('a name of at most 64 characters on one line', /^[^\p{Cc}]{0,64}$/u);

export const sipUser = byPattern('a user name of 1 to 64 characters without spaces or @', /^[^\s@\p{Cc}]{1,64}$/u);

export const password = byPattern('a password of 1 to 128 characters on one line', /^[^\p{Cc}]{1,128}$/u);

export const witnessSecret = byPattern('a secret of 16 to 128 printable characters without spaces', /^[\x21-\x7e]{16,128}$/);

export const address: TextForm = { form: 'an IPv4 or IPv6 address', accepts: isAddress };

export const addressBlock: TextForm = {
  form: 'an IPv4 or IPv6 address, or a block like 192.0.2.0/24',
  accepts(text) {
    const [base = '', bits, ...rest] = text.split('/');
    if (bits === undefined) return isAddress(base);
    if (rest.length > 0 || !/^(?:0|[1-9][0-9]{0,2})$/.test(bits)) return false;
    return Number(bits) <= (IPV4_REGEX.test(base) ? 32 : 128) && isAddress(base);
  },
};

/** An address as it stands on an interface: the prefix tells which neighbours are on the link. */
export const interfaceAddress: TextForm = {
  form: 'an IPv4 or IPv6 address with its prefix length, like 192.0.2.10/24',
  accepts: (text) => text.includes('/') && addressBlock.accepts(text) && !/\/0$/.test(text),
};

/** net/core/dev.c, dev_valid_name: at most 15 bytes, no slash, no colon, no space. */
export const interfaceName = byPattern('the name of a network interface, like eth0', /^(?!\.\.?$)[^\s/:%\p{Cc}]{1,15}$/u);

/** 32 bytes; the last of the 43 digits carries four bits only. */
export const ed25519Key = byPattern('an ed25519 public key: 32 bytes in base64, 44 characters', /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);

/** What a mail server is told (RFC 5321 section 4.1.2, without quoted local parts and address literals). */
export const mailAddress = byPattern(
  'a mail address like voicemail@example.org, of at most 254 characters',
  /^(?=.{3,254}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/,
);

export const mailUser = byPattern('a user name of 1 to 128 characters without spaces', /^[^\s\p{Cc}]{1,128}$/u);

export const outgoingPattern = byPattern(
  'a pattern of 1 to 32 digits and the signs X * # +, with ! before it to forbid and a dot after it for one digit or more',
  /^!?[0-9X*#+]{1,32}\.?$/,
);

export const timeOfDay = byPattern('a time of day like 07:30', /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/);

export const filePath = byPattern('the path of a file, beginning with /', /^\/[^\p{Cc}]{1,254}$/u);

/** RFC 3986 with the scheme https; no user in it, for a secret has its own key. */
export const secureUrl: TextForm = {
  form: 'an https address like https://flows.example.org/night.json, of at most 500 characters',
  accepts(text) {
    if (text.length > 500 || !URL.canParse(text)) return false;
    const { protocol, username, password, hash } = new URL(text);
    return protocol === 'https:' && username === '' && password === '' && hash === '';
  },
};

/** RFC 6750 section 2.1. */
export const bearerToken = byPattern('a bearer token of at most 512 letters, digits and the signs - . _ ~ + / =', /^[A-Za-z0-9._~+/-]{1,510}={0,2}$/);

export const host: TextForm = {
  form: 'a host name or an IPv4 or IPv6 address, without port',
  accepts: (text) => isAddress(text) || isHostName(text),
};

export const timeZone: TextForm = { form: 'an IANA time zone like Europe/Berlin, or UTC', accepts: isTimeZone };

/** A zone index ("%eth0") is refused: it has no meaning on another machine. */
function isAddress(text: string): boolean {
  return IPV4_REGEX.test(text) || (IPV6_REGEX.test(text) && !text.includes('%'));
}

/** RFC 1123 section 2.1; a name of digits and dots only would be a mistyped address. */
function isHostName(text: string): boolean {
  const label = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;
  return text.length <= 253 && /[A-Za-z]/.test(text) && text.split('.').every((part) => label.test(part));
}

/** Asks the runtime's own zone table; offsets such as "+01:00" are refused, for they know no summer time. */
function isTimeZone(text: string): boolean {
  // Spares the usual start the tables of all zones.
  if (text === 'UTC') return true;
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch (refused) {
    if (refused instanceof RangeError) return false;
    throw refused;
  }
}

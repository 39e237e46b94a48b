/**
 * What is said on a line on-hook: who calls, and whether messages wait.
 *
 *     type | length | ... | checksum           the sum of all bytes is 0 modulo 256
 *
 *     0x04  single data message (Telcordia GR-31-CORE): month day hour minute, two digits each, then the number, or 'P', 'O'
 *     0x06  single data message (GR-1401-CORE): three times 0x42 = messages wait, 0x6f = none
 *     0x80  call set-up, 0x82 message waiting: parameters of type, length, content (GR-31-CORE MDMF, ETSI EN 300 659-3)
 */
import type { CallerId } from '../../../hal/line.ts';

export const messageType = { singleCall: 0x04, singleWaiting: 0x06, call: 0x80, waiting: 0x82 } as const;
const parameter = { time: 0x01, number: 0x02, numberAbsent: 0x04, name: 0x07, nameAbsent: 0x08, indicator: 0x0b, messages: 0x13 } as const;

/** EN 300 659-3 sections 5.4.2 and 5.4.4. */
const longestNumber = 20;
const longestName = 50;

export type CallerIdMessage =
  | { readonly type: 'call'; readonly callerId: CallerId }
  /** `messages`: how many; null = not told. */
  | { readonly type: 'message-waiting'; readonly lit: boolean; readonly messages: number | null };

/** Why a message cannot be read. `framing`, `interrupted`: by the receiver. */
export const messageFaults = ['framing', 'interrupted', 'checksum', 'length', 'unknown-type', 'bad-character', 'no-content'] as const;
export type MessageFault = (typeof messageFaults)[number];

/** Local time of the call. */
export interface CallTime {
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Reads a whole message with its checksum. Never throws. */
export function decodeMessage(bytes: Uint8Array): CallerIdMessage | MessageFault {
  if (bytes.length < 3 || bytes.length !== (bytes[1] ?? 0) + 3) return 'length';
  if ((bytes.reduce((sum, value) => sum + value, 0) & 0xff) !== 0) return 'checksum';
  const content = bytes.subarray(2, -1);
  switch (bytes[0]) {
    case messageType.singleCall: return singleCall(content);
    case messageType.singleWaiting: return singleWaiting(content);
    case messageType.call: return withParameters(content, call);
    case messageType.waiting: return withParameters(content, waiting);
    default: return 'unknown-type';
  }
}

function singleCall(content: Uint8Array): CallerIdMessage | MessageFault {
  if (content.length < 9) return 'length';
  const text = textOf(content.subarray(8));
  return isNumber(text) ? callOf(text, '', null) : 'bad-character';
}

function singleWaiting(content: Uint8Array): CallerIdMessage | MessageFault {
  const first = content[0] ?? 0;
  if (content.length !== 3) return 'length';
  if (!content.every((value) => value === first) || (first !== 0x42 && first !== 0x6f)) return 'bad-character';
  return { type: 'message-waiting', lit: first === 0x42, messages: null };
}

type Parameters = ReadonlyMap<number, Uint8Array>;

function withParameters(content: Uint8Array, read: (parameters: Parameters) => CallerIdMessage | MessageFault): CallerIdMessage | MessageFault {
  const parameters = new Map<number, Uint8Array>();
  for (let at = 0; at < content.length; at += 2 + (content[at + 1] ?? 0)) {
    const length = content[at + 1];
    if (length === undefined || at + 2 + length > content.length) return 'length';
    parameters.set(content[at] ?? 0, content.subarray(at + 2, at + 2 + length));
  }
  return read(parameters);
}

function call(parameters: Parameters): CallerIdMessage | MessageFault {
  const given = ['number', 'numberAbsent', 'name', 'nameAbsent'] as const;
  if (!given.some((key) => parameters.has(parameter[key]))) return 'no-content';
  const number = textOf(parameters.get(parameter.number));
  const name = nameOf(textOf(parameters.get(parameter.name)));
  if (!isNumber(number)) return 'bad-character';
  return callOf(number, name, textOf(parameters.get(parameter.numberAbsent)) || null);
}

/** `reason`: 'P' or 'O', also where single data messages have it, in place of the number. */
function callOf(text: string, name: string, reason: string | null): CallerIdMessage {
  const isReason = text === 'P' || text === 'O';
  const number = isReason ? '' : text.replace(/[ ().-]/g, '').slice(0, longestNumber);
  const why = isReason ? text : reason;
  const absent = number !== '' ? null : why === 'P' ? 'private' : 'out-of-area';
  return { type: 'call', callerId: { number, name, absent } };
}

function waiting(parameters: Parameters): CallerIdMessage | MessageFault {
  const indicator = parameters.get(parameter.indicator);
  const messages = parameters.get(parameter.messages)?.[0] ?? null;
  if (indicator === undefined && messages === null) return 'no-content';
  if (indicator !== undefined && indicator.length !== 1) return 'length';
  return { type: 'message-waiting', lit: indicator === undefined ? (messages ?? 0) > 0 : indicator[0] !== 0, messages };
}

/** A message that tells who calls: parameters, as all telephones of this century read. */
export function encodeCall(callerId: CallerId, time: CallTime | null): Uint8Array {
  const reason = callerId.absent === 'private' ? 'P' : 'O';
  const number = callerId.number.replace(/[^0-9*#+]/g, '').slice(0, longestNumber);
  const name = nameOf(callerId.name);
  return message(messageType.call, [
    ...(time === null ? [] : field(parameter.time, [time.month, time.day, time.hour, time.minute].map(twoDigits).join(''))),
    ...(number === '' ? field(parameter.numberAbsent, reason) : field(parameter.number, number)),
    ...(name === '' ? field(parameter.nameAbsent, reason) : field(parameter.name, name)),
  ]);
}

/** The same in the older form, which has no name. */
export function encodeSingleCall(callerId: CallerId, time: CallTime): Uint8Array {
  const number = callerId.number.replace(/[^0-9*#+]/g, '').slice(0, longestNumber);
  const text = number === '' ? (callerId.absent === 'private' ? 'P' : 'O') : number;
  return message(messageType.singleCall, octets([time.month, time.day, time.hour, time.minute].map(twoDigits).join('') + text));
}

/** Lights or puts out the lamp of a telephone. */
export function encodeWaiting(lit: boolean): Uint8Array {
  return message(messageType.waiting, [parameter.indicator, 1, lit ? 0xff : 0]);
}

function message(type: number, content: readonly number[]): Uint8Array {
  const sum = [type, content.length, ...content].reduce((total, value) => total + value, 0);
  return Uint8Array.from([type, content.length, ...content, -sum & 0xff]);
}

const field = (type: number, text: string): number[] => [type, text.length, ...octets(text)];
const octets = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
const twoDigits = (value: number): string => String(value).padStart(2, '0');

const textOf = (bytes: Uint8Array | undefined): string => String.fromCharCode(...(bytes ?? [])).trim();

/** Characters of ISO 8859-1 that can be shown; others become '?'. */
const nameOf = (text: string): string => text.normalize('NFC').replace(/[^\x20-\x7e\xa0-\xff]/gu, '?').slice(0, longestName);

const isNumber = (text: string): boolean => text === 'P' || text === 'O' || /^[0-9A-D*#+ ().-]*$/.test(text);

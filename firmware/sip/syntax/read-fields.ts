import type { HeaderField } from '../message.ts';
import { sipLimits } from '../message.ts';
import { canonicalName } from './header-names.ts';
import type { MessageFault } from './parse-message.ts';
import { isTokenByte } from './tokens.ts';

const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const tab = 9;
const colon = 58;

export interface FieldBlock {
  readonly fields: readonly HeaderField[];
  /** Where the body begins. */
  readonly bodyAt: number;
  /** The empty line that ends the header is there. */
  readonly complete: boolean;
  readonly fault: MessageFault | null;
}

/** Reads header lines from `at` to the empty line (or the end), unfolding them. Lines that are none are a fault, and skipped. */
export function readFields(bytes: Buffer, at: number): FieldBlock {
  const fields: HeaderField[] = [];
  let fault: MessageFault | null = null;
  let from = at;
  while (from < bytes.length) {
    const end = bytes.indexOf(lineFeed, from);
    const lineEnd = end < 0 ? bytes.length : end;
    if (isEmptyLine(bytes, from, lineEnd)) return { fields, bodyAt: lineEnd + 1, complete: true, fault };
    const last = foldedEnd(bytes, lineEnd);
    if (fields.length >= sipLimits.headerFields) return { fields, bodyAt: bytes.length, complete: false, fault: { status: 400, reason: 'header: too many fields' } };
    const field = last - from > sipLimits.lineBytes ? null : readField(bytes, from, last);
    if (field === null) fault ??= { status: 400, reason: 'header field' };
    else fields.push(field);
    from = last + 1;
  }
  return { fields, bodyAt: bytes.length, complete: false, fault };
}

const isEmptyLine = (bytes: Buffer, from: number, end: number): boolean => from === end || (end - from === 1 && bytes[from] === carriageReturn);

/** The line feed that ends the field, past its continuation lines. */
function foldedEnd(bytes: Buffer, lineEnd: number): number {
  let end = lineEnd;
  while (end + 1 < bytes.length && isBlank(bytes[end + 1] as number)) {
    const next = bytes.indexOf(lineFeed, end + 1);
    end = next < 0 ? bytes.length : next;
  }
  return end;
}

const isBlank = (byte: number): boolean => byte === space || byte === tab;

function readField(bytes: Buffer, from: number, end: number): HeaderField | null {
  let nameEnd = from;
  while (nameEnd < end && isTokenByte(bytes[nameEnd] as number)) nameEnd++;
  let at = nameEnd;
  while (at < end && isBlank(bytes[at] as number)) at++;
  if (nameEnd === from || bytes[at] !== colon) return null;
  return { name: canonicalName(bytes.toString('latin1', from, nameEnd)), value: fieldValue(bytes, at + 1, end) };
}

function fieldValue(bytes: Buffer, from: number, end: number): string {
  let start = from;
  let stop = end;
  while (start < stop && isSpace(bytes[start] as number)) start++;
  while (stop > start && isSpace(bytes[stop - 1] as number)) stop--;
  const value = readable(bytes, start, stop);
  return value.includes('\n') ? value.replace(/\r?\n[ \t]+/g, ' ') : value;
}

/** Old exchanges write names in Latin-1 where UTF-8 is wanted (RFC 3261 7.3.1). */
function readable(bytes: Buffer, start: number, stop: number): string {
  const value = bytes.toString('utf8', start, stop);
  return value.includes('\ufffd') ? bytes.toString('latin1', start, stop) : value;
}

const isSpace = (byte: number): boolean => byte === space || byte === tab || byte === carriageReturn || byte === lineFeed;

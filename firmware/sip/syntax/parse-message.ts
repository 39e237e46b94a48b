import type { HeaderField, ParseResult, SipMessage, SipRequest } from '../message.ts';
import { sipLimits } from '../message.ts';
import { checkMessage } from './check-message.ts';
import { createHeaders } from './headers.ts';
import { readFields } from './read-fields.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { isToken } from './tokens.ts';

/** Why a message is not taken as it is. */
export interface MessageFault {
  readonly status: number;
  readonly reason: string;
}

const tooLarge: MessageFault = { status: 513, reason: reasonPhrase(513) };
const uriTooLong: MessageFault = { status: 414, reason: reasonPhrase(414) };

/**
 * Reads one SIP message from a datagram or a framed piece of a stream. Never throws. Not more than `limit` bytes are looked at: of
 * what is larger only the header is read, to answer it. Every string is cut from the bytes, so that nothing keeps the whole message alive.
 */
export function parseMessage(bytes: Uint8Array, limit: number): ParseResult {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, limit));
  const start = skipLineEnds(buffer);
  if (start === buffer.length) return { outcome: 'dropped', reason: 'keep-alive' };
  const lineEnd = buffer.indexOf(10, start);
  if (lineEnd < 0) return { outcome: 'dropped', reason: 'no start line' };
  const startLine = lineText(buffer, start, lineEnd);
  const block = readFields(buffer, lineEnd + 1);
  if (bytes.byteLength > limit && !block.complete) return { outcome: 'dropped', reason: 'too large' };
  const size = bytes.byteLength > limit ? tooLarge : lineEnd - start > sipLimits.lineBytes ? uriTooLong : null;
  return startLine.startsWith('SIP/') ? response(startLine, block, buffer, size) : request(startLine, block, buffer, size);
}

type Block = ReturnType<typeof readFields>;

function skipLineEnds(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length && (bytes[at] === 13 || bytes[at] === 10 || bytes[at] === 0)) at++;
  return at;
}

const lineText = (bytes: Buffer, from: number, lineFeed: number): string => bytes.toString('utf8', from, bytes[lineFeed - 1] === 13 ? lineFeed - 1 : lineFeed);

function response(startLine: string, block: Block, bytes: Buffer, size: MessageFault | null): ParseResult {
  const found = /^SIP\/2\.0 ([1-6][0-9]{2})(?: (.*))?$/i.exec(startLine);
  if (found === null) return { outcome: 'dropped', reason: 'a response with a malformed status line' };
  const headers = createHeaders(block.fields);
  const body = bodyOf(block.fields, bytes, block.bodyAt);
  const message: SipMessage = { kind: 'response', status: Number(found[1]), reason: found[2] ?? '', headers, body: body ?? noBody };
  const fault = size ?? block.fault ?? (body === null ? { status: 400, reason: 'Content-Length' } : checkMessage(message));
  return fault === null ? { outcome: 'message', message } : { outcome: 'dropped', reason: `a response with a bad ${fault.reason}` };
}

function request(startLine: string, block: Block, bytes: Buffer, size: MessageFault | null): ParseResult {
  const line = requestLine(startLine);
  if (typeof line === 'string') return { outcome: 'dropped', reason: line };
  const body = bodyOf(block.fields, bytes, block.bodyAt);
  const message: SipRequest = { kind: 'request', method: line.method, uri: line.uri, headers: createHeaders(block.fields), body: body ?? noBody };
  const fault = size ?? line.fault ?? block.fault ?? (body === null ? { status: 400, reason: 'Content-Length' } : checkMessage(message));
  if (fault === null) return { outcome: 'message', message };
  if (line.method === 'ACK') return { outcome: 'dropped', reason: `a malformed ACK: ${fault.reason}` };
  if (!message.headers.has('Via')) return { outcome: 'dropped', reason: 'a malformed request without Via' };
  return { outcome: 'refused', request: message, status: fault.status, reason: fault.status === 400 ? `Bad ${fault.reason}` : fault.reason };
}

const noBody = new Uint8Array(0);

/** Method and URI with single spaces between (RFC 3261 25.1); a line that is near enough to be answered comes with its fault. */
function requestLine(line: string): { method: string; uri: string; fault: MessageFault | null } | string {
  const method = line.slice(0, Math.max(0, line.search(/\s/)));
  const trimmed = line.trimEnd();
  const version = trimmed.slice(lastBlank(trimmed) + 1);
  const uri = trimmed.slice(method.length, trimmed.length - version.length).trim();
  if (!isToken(method) || uri === '' || !/^SIP\/[0-9]+\.[0-9]+$/i.test(version)) return 'neither a request nor a response';
  const fault = (status: number, reason: string): { method: string; uri: string; fault: MessageFault } => ({ method, uri, fault: { status, reason } });
  if (version.toUpperCase() !== 'SIP/2.0') return fault(505, reasonPhrase(505));
  if (line !== `${method} ${uri} ${version}`) return fault(400, 'Request-Line: single spaces are wanted');
  if (/[\s<>"]/.test(uri)) return fault(400, 'Request-URI');
  if (/^sips?:/i.test(uri) && uri.slice(uri.indexOf('@') + 1).includes('?')) return fault(400, 'Request-URI: header fields do not belong there');
  return { method, uri, fault: null };
}

/** A loop, because a pattern would look at a line of spaces once for each of them. */
function lastBlank(text: string): number {
  let at = text.length - 1;
  while (at >= 0 && !/\s/.test(text[at] as string)) at--;
  return at;
}

/** null = Content-Length is malformed, contradictory, or promises more than there is (RFC 3261 18.3). */
function bodyOf(fields: readonly HeaderField[], bytes: Buffer, at: number): Uint8Array | null {
  const lengths = fields.filter((field) => field.name === 'Content-Length').map((field) => field.value);
  const rest = Math.max(0, bytes.length - at);
  if (lengths.length === 0) return Buffer.from(bytes.subarray(at));
  const [first = ''] = lengths;
  if (!/^[0-9]{1,9}$/.test(first) || lengths.some((length) => length !== first) || Number(first) > rest) return null;
  return Buffer.from(bytes.subarray(at, at + Number(first)));
}

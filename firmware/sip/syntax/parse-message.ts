import type { HeaderField, ParseResult, SipMessage, SipRequest } from '../message.ts';
import { sipLimits } from '../message.ts';
import { checkMessage } from './check-message.ts';
import { createHeaders } from './headers.ts';
import { readFields } from './read-fields.ts';
import { isToken } from './tokens.ts';

/** Why a message is not taken as it is. */
export interface MessageFault {
  readonly status: number;
  readonly reason: string;
}

/**
 * Reads one SIP message from a datagram or a framed piece of a stream. Never throws. `limit`: the most bytes taken.
 * Every string is cut from the bytes, so that nothing keeps the whole message alive.
 */
export function parseMessage(bytes: Uint8Array, limit: number): ParseResult {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = skipLineEnds(buffer);
  if (start === buffer.length) return { outcome: 'dropped', reason: 'keep-alive' };
  if (buffer.length > limit) return { outcome: 'dropped', reason: 'too large' };
  const lineEnd = buffer.indexOf(10, start);
  if (lineEnd < 0 || lineEnd - start > sipLimits.lineBytes) return { outcome: 'dropped', reason: 'no start line' };
  const startLine = lineText(buffer, start, lineEnd);
  const block = readFields(buffer, lineEnd + 1);
  return startLine.startsWith('SIP/') ? response(startLine, block, buffer) : request(startLine, block, buffer);
}

type Block = ReturnType<typeof readFields>;

function skipLineEnds(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length && (bytes[at] === 13 || bytes[at] === 10 || bytes[at] === 0)) at++;
  return at;
}

const lineText = (bytes: Buffer, from: number, lineFeed: number): string => bytes.toString('utf8', from, bytes[lineFeed - 1] === 13 ? lineFeed - 1 : lineFeed);

function response(startLine: string, block: Block, bytes: Buffer): ParseResult {
  const found = /^SIP\/2\.0 ([1-6][0-9]{2})(?: (.*))?$/i.exec(startLine);
  if (found === null) return { outcome: 'dropped', reason: 'a response with a malformed status line' };
  const headers = createHeaders(block.fields);
  const body = bodyOf(block.fields, bytes, block.bodyAt);
  const message: SipMessage = { kind: 'response', status: Number(found[1]), reason: found[2] ?? '', headers, body: body ?? noBody };
  const fault = block.fault ?? (body === null ? { status: 400, reason: 'Content-Length' } : checkMessage(message));
  return fault === null ? { outcome: 'message', message } : { outcome: 'dropped', reason: `a response with a bad ${fault.reason}` };
}

function request(startLine: string, block: Block, bytes: Buffer): ParseResult {
  const line = requestLine(startLine);
  if (typeof line === 'string') return { outcome: 'dropped', reason: line };
  const body = bodyOf(block.fields, bytes, block.bodyAt);
  const message: SipRequest = { kind: 'request', method: line.method, uri: line.uri, headers: createHeaders(block.fields), body: body ?? noBody };
  const fault = line.fault ?? block.fault ?? (body === null ? { status: 400, reason: 'Content-Length' } : checkMessage(message));
  if (fault === null) return { outcome: 'message', message };
  if (line.method === 'ACK') return { outcome: 'dropped', reason: `a malformed ACK: ${fault.reason}` };
  if (!message.headers.has('Via')) return { outcome: 'dropped', reason: 'a malformed request without Via' };
  return { outcome: 'refused', request: message, status: fault.status, reason: fault.status === 400 ? `Bad ${fault.reason}` : fault.reason };
}

const noBody = new Uint8Array(0);

/** Method and URI with single spaces between (RFC 3261 25.1); a line that is near enough to be answered comes with its fault. */
function requestLine(line: string): { method: string; uri: string; fault: MessageFault | null } | string {
  const found = /^([^\s]+)(\s+)(.*\S)(\s+)(SIP\/[0-9]+\.[0-9]+)(\s*)$/i.exec(line);
  if (found === null || !isToken(found[1] as string)) return 'neither a request nor a response';
  const [, method = '', before, uri = '', between, version = '', after] = found;
  const fault = (status: number, reason: string): { method: string; uri: string; fault: MessageFault } => ({ method, uri, fault: { status, reason } });
  if (version.toUpperCase() !== 'SIP/2.0') return fault(505, 'Version Not Supported');
  if (before !== ' ' || between !== ' ' || after !== '') return fault(400, 'Request-Line: single spaces are wanted');
  if (/[\s<>"]/.test(uri)) return fault(400, 'Request-URI');
  if (/^sips?:/i.test(uri) && uri.slice(uri.lastIndexOf('@') + 1).includes('?')) return fault(400, 'Request-URI: header fields do not belong there');
  return { method, uri, fault: null };
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

import type { HeaderField, SipMessage, SipRequest, SipResponse } from '../message.ts';
import { createHeaders } from './headers.ts';
import { reasonPhrase } from './reason-phrases.ts';

const noBody = new Uint8Array(0);

export function makeRequest(method: string, uri: string, fields: readonly HeaderField[], body: Uint8Array = noBody): SipRequest {
  return { kind: 'request', method, uri, headers: createHeaders(fields), body };
}

/** A response with what RFC 3261 8.2.6.2 copies; Timestamp goes into a 100 only. */
export function makeResponse(request: SipRequest, status: number, reason: string = reasonPhrase(status)): SipResponse {
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq', ...(status === 100 ? ['Timestamp'] : [])];
  const fields = copied.flatMap((name) => request.headers.all(name).map((value) => ({ name, value })));
  return { kind: 'response', status, reason: oneLine(reason), headers: createHeaders(fields), body: noBody };
}

const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');

/** The bytes for the wire; Content-Length is always written and right. */
export function serialise(message: SipMessage): Uint8Array {
  const start = message.kind === 'request' ? `${message.method} ${message.uri} SIP/2.0` : `SIP/2.0 ${message.status} ${message.reason}`;
  let head = `${start}\r\n`;
  for (const { name, value } of message.headers.fields) {
    if (name !== 'Content-Length') head += `${name}: ${value}\r\n`;
  }
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(head) + message.body.length);
  bytes.set(message.body, bytes.write(head));
  return bytes;
}

import type { SipMessage } from '../message.ts';

/** What a message brings in its body. */
export type BodyPart =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly bytes: Uint8Array }
  /** There is a body, of another type or encoding: 415. */
  | { readonly kind: 'unsupported' };

const maxParts = 16;

/** The part of type `type` ('application/sdp'), alone or inside multipart/mixed (RFC 2046); bodies marked optional may be ignored. */
export function bodyPart(message: SipMessage, type: string): BodyPart {
  const { headers, body } = message;
  if (body.length === 0) return { kind: 'none' };
  const encoding = (headers.get('Content-Encoding') ?? 'identity').toLowerCase();
  const contentType = headers.get('Content-Type') ?? '';
  const optional = /;\s*handling\s*=\s*optional/i.test(headers.get('Content-Disposition') ?? '');
  const found = encoding !== 'identity' ? null : isType(contentType, type) ? body : multipart(contentType, body, type);
  if (found !== null) return { kind: 'found', bytes: found };
  return optional ? { kind: 'none' } : { kind: 'unsupported' };
}

export const isType = (value: string, type: string): boolean => (value.split(';', 1)[0] as string).trim().toLowerCase() === type;

function multipart(contentType: string, body: Uint8Array, type: string): Uint8Array | null {
  if (!/^\s*multipart\//i.test(contentType)) return null;
  const found = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) return null;
  const parts = Buffer.from(body).toString('latin1').split(`--${boundary}`).slice(1, maxParts + 1);
  for (const part of parts) {
    const end = part.indexOf('\r\n\r\n');
    const head = end < 0 ? '' : part.slice(0, end);
    const own = /^content-type\s*:\s*(.*)$/im.exec(head)?.[1] ?? '';
    if (isType(own, type)) return Buffer.from(part.slice(end + 4).replace(/\r\n$/, ''), 'latin1');
  }
  return null;
}

import type { HeaderField, SipRequest } from './message.ts';
import { acceptSdp, allow, allowedMethods, supportedExtensions } from './session/capabilities.ts';
import { bodyPart } from './syntax/body.ts';
import { uriScheme } from './syntax/uri.ts';

export interface Refusal {
  readonly status: number;
  readonly fields: readonly HeaderField[];
}

const servedMethods: readonly string[] = allowedMethods;
const extensions: readonly string[] = supportedExtensions;

/** What a request outside of a dialog must meet before it is served, in the order of RFC 3261 8.2. null = serve it. */
export function refuseRequest(request: SipRequest): Refusal | null {
  if (!servedMethods.includes(request.method)) return { status: 405, fields: [allow] };
  if (!['sip', 'sips', 'tel'].includes(uriScheme(request.uri))) return { status: 416, fields: [] };
  const unknown = unsupportedExtensions(request);
  if (unknown !== null) return { status: 420, fields: [unknown] };
  return request.method === 'INVITE' ? refuseContent(request) : null;
}

/** The Unsupported field for a 420; null = we have all that the request requires. */
export function unsupportedExtensions(request: SipRequest): HeaderField | null {
  const unknown = request.headers.list('Require').filter((tag) => !extensions.includes(tag.toLowerCase()));
  return unknown.length === 0 ? null : { name: 'Unsupported', value: unknown.join(', ') };
}

/** A session needs a description that we can read, and a peer that can read ours. */
function refuseContent(request: SipRequest): Refusal | null {
  if (bodyPart(request, 'application/sdp').kind === 'unsupported') return { status: 415, fields: [acceptSdp] };
  const accepts = request.headers.list('Accept').map((value) => (value.split(';', 1)[0] as string).trim().toLowerCase());
  const readsSdp = accepts.length === 0 || accepts.some((type) => ['application/sdp', 'application/*', '*/*'].includes(type));
  return readsSdp ? null : { status: 406, fields: [] };
}

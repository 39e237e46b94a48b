import type { SipRequest } from '../message.ts';
import { bodyPart } from '../syntax/body.ts';

/** The status that a NOTIFY reports by the start of a response (RFC 3420, RFC 3515 section 2.4.5); null = there is none. */
export function sipfragStatus(request: SipRequest): number | null {
  const part = bodyPart(request, 'message/sipfrag');
  if (part.kind !== 'found') return null;
  const line = Buffer.from(part.bytes.subarray(0, maxLine)).toString('latin1').trimStart().split(/\r?\n/, 1)[0] as string;
  const found = /^SIP\/2\.0 +([1-6][0-9]{2})(?: |$)/i.exec(line);
  return found === null ? null : Number(found[1]);
}

const maxLine = 256;

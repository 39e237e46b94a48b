import type { Headers, SipMessage } from '../message.ts';
import { sipLimits } from '../message.ts';
import { parseCSeq } from './cseq.ts';
import { parseNameAddr } from './name-addr.ts';
import type { MessageFault } from './parse-message.ts';
import { parseVia } from './via.ts';

const single: ReadonlySet<string> = new Set(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type']);

/** Lists that must be whole, because one that was cut at its limit would send requests and responses astray. A full one may be cut. */
const routing = ['Via', 'Contact', 'Record-Route', 'Route'];

/** What must be right before anything above the parser looks at a message (RFC 3261 8.1.1, 8.2). null = it is. */
export function checkMessage(message: SipMessage): MessageFault | null {
  const wrong = wrongHeader(message);
  return wrong === null ? null : { status: 400, reason: wrong };
}

/** The first header that is wrong, with why. */
function wrongHeader(message: SipMessage): string | null {
  const { headers } = message;
  const long = routing.find((name) => headers.list(name).length >= sipLimits.listEntries);
  if (long !== undefined) return `${long}: too many`;
  const vias = headers.list('Via');
  if (vias.length === 0 || vias.some((via) => parseVia(via) === null) || emptyEntry(headers, 'Via')) return 'Via';
  const twice = repeated(headers);
  if (twice !== null) return `${twice}: given more than once`;
  for (const name of ['From', 'To']) {
    const value = headers.get(name);
    if (value === undefined || parseNameAddr(value) === null) return name;
  }
  const callId = headers.get('Call-ID') ?? '';
  if (callId === '' || /\s/.test(callId)) return 'Call-ID';
  return wrongCSeq(message) ?? wrongMaxForwards(message) ?? wrongContacts(message);
}

function repeated(headers: Headers): string | null {
  const seen = new Set<string>();
  for (const { name } of headers.fields) {
    if (single.has(name) && seen.size === seen.add(name).size) return name;
  }
  return null;
}

const emptyEntry = (headers: Headers, name: string): boolean => headers.all(name).some((value) => value.includes(',') && /,\s*(,|$)/.test(value));

function wrongCSeq(message: SipMessage): string | null {
  const cseq = parseCSeq(message.headers.get('CSeq') ?? '');
  if (cseq === null) return 'CSeq';
  return message.kind === 'request' && cseq.method !== message.method ? 'CSeq: not the method of the request' : null;
}

function wrongMaxForwards(message: SipMessage): string | null {
  const hops = message.headers.get('Max-Forwards');
  return hops === undefined || (/^[0-9]{1,9}$/.test(hops) && Number(hops) <= 255) ? null : 'Max-Forwards';
}

function wrongContacts(message: SipMessage): string | null {
  const contacts = message.headers.list('Contact');
  return contacts.some((contact) => parseNameAddr(contact) === null) || emptyEntry(message.headers, 'Contact') ? 'Contact' : null;
}

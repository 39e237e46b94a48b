import type { SipMessage } from '../message.ts';
import { sipLimits } from '../message.ts';
import { parseCSeq } from './cseq.ts';
import { parseNameAddr } from './name-addr.ts';
import type { MessageFault } from './parse-message.ts';
import { parseVia } from './via.ts';

const single = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type'];

/** What must be right before anything above the parser looks at a message (RFC 3261 8.1.1, 8.2). null = it is. */
export function checkMessage(message: SipMessage): MessageFault | null {
  const wrong = wrongHeader(message);
  return wrong === null ? null : { status: 400, reason: wrong };
}

/** The first header that is wrong, with why. */
function wrongHeader(message: SipMessage): string | null {
  const { headers } = message;
  const vias = headers.list('Via');
  if (vias.length === 0 || vias.some((via) => parseVia(via) === null) || emptyEntry(headers.all('Via'))) return 'Via';
  for (const name of single) {
    if (headers.all(name).length > 1) return `${name}: given more than once`;
  }
  for (const name of ['From', 'To']) {
    const value = headers.get(name);
    if (value === undefined || parseNameAddr(value) === null) return name;
  }
  if ((headers.get('Call-ID') ?? '') === '' || /\s/.test(headers.get('Call-ID') ?? '')) return 'Call-ID';
  return wrongCSeq(message) ?? wrongMaxForwards(message) ?? wrongContacts(message);
}

const emptyEntry = (values: readonly string[]): boolean => values.some((value) => /,\s*(,|$)/.test(value));

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
  if (contacts.length >= sipLimits.listEntries) return 'Contact: too many';
  return contacts.some((contact) => parseNameAddr(contact) === null) || emptyEntry(message.headers.all('Contact')) ? 'Contact' : null;
}

import type { SipResponse } from '../message.ts';
import type { NameAddr } from '../syntax/name-addr.ts';
import { parseNameAddr } from '../syntax/name-addr.ts';
import { decimal } from '../syntax/tokens.ts';
import { parseUri } from '../syntax/uri.ts';

/** Whether a binding is that of this Contact, by user and place. */
function isOf(contact: string): (binding: NameAddr | null) => boolean {
  const ours = parseUri(parseNameAddr(contact)?.uri ?? '');
  return (binding) => {
    const uri = parseUri(binding?.uri ?? '');
    return uri !== null && ours !== null && uri.user === ours.user && uri.host === ours.host && uri.port === ours.port;
  };
}

/** What the registrar granted our Contact: its own expires, else the Expires header (10.2.4). */
export function granted(response: SipResponse, contact: string): number | null {
  const binding = response.headers.list('Contact').map(parseNameAddr).find(isOf(contact));
  return decimal(binding?.params.get('expires') ?? '') ?? decimal(response.headers.get('Expires') ?? '');
}

/** Somebody else is registered too, or ours is not there any more: a registrar may keep one only, and one that does not tell is not waited for. */
export function isReplaced(response: SipResponse, contact: string): boolean {
  const own = response.headers.list('Contact').map(parseNameAddr).map(isOf(contact));
  return own.length === 0 || own.includes(false);
}

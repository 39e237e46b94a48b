import type { DiversionReason } from '../leg.ts';
import { parseNameAddr } from '../syntax/name-addr.ts';
import { unescape } from '../syntax/tokens.ts';
import { parseUri } from '../syntax/uri.ts';
import { reasonOfField, reasonOfStatus } from './diversion-reasons.ts';

export interface OriginalTarget {
  /** User part, un-escaped. */
  readonly number: string;
  readonly reason: DiversionReason;
}

interface Entry {
  readonly number: string;
  /** '1', '1.1': the place in the tree (RFC 7044 section 10.3). */
  readonly index: readonly number[];
  /** Why the call came here (RFC 8119 cause) and why it left again (embedded Reason), in this order. */
  readonly reasons: readonly DiversionReason[];
}

/**
 * The first original target by History-Info (RFC 7044): the first entry of the tree, and the first reason that any entry gives for
 * sending the call on: PBXs put it on that entry, on the phone tried for it (1.1), or on where it went next. null = no usable
 * history, or a single entry that tells nothing: no reason, and what was `dialled` here.
 */
export function originalByHistory(values: readonly string[], dialled: string): OriginalTarget | null {
  const entries = values.map(parseEntry).filter((entry): entry is Entry => entry !== null).sort(byIndex);
  const [first] = entries;
  const reasons = entries.flatMap((entry) => entry.reasons);
  if (first === undefined || first.number === '') return null;
  if (entries.length === 1 && reasons.length === 0 && first.number === dialled) return null;
  return { number: first.number, reason: reasons[0] ?? 'default' };
}

function parseEntry(value: string): Entry | null {
  const entry = parseNameAddr(value);
  const uri = entry === null ? null : parseUri(entry.uri);
  const index = entry?.params.get('index') ?? '';
  if (uri === null || !/^[0-9]{1,9}(\.[0-9]{1,9})*$/.test(index)) return null;
  const cause = uri.params.get('cause');
  const fields = uri.headers.split('&').filter((header) => /^reason=/i.test(header));
  const left = fields.map((field) => reasonOfField(unescape(field.slice('reason='.length)))).filter((reason) => reason !== null);
  return { number: uri.userText, index: index.split('.').map(Number), reasons: [...(cause === undefined ? [] : [reasonOfStatus(cause)]), ...left] };
}

function byIndex(one: Entry, other: Entry): number {
  for (let at = 0; at < Math.max(one.index.length, other.index.length); at++) {
    const difference = (one.index[at] ?? -1) - (other.index[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

import type { DiversionReason } from '../leg.ts';
import { parseNameAddr } from '../syntax/name-addr.ts';
import { unescape } from '../syntax/tokens.ts';
import { parseUri } from '../syntax/uri.ts';
import { reasonOfStatus } from './diversion-reasons.ts';

export interface OriginalTarget {
  /** User part, un-escaped. */
  readonly number: string;
  readonly reason: DiversionReason;
}

interface Entry {
  readonly number: string;
  /** '1', '1.1': the place in the tree (RFC 7044 section 10.3). */
  readonly index: readonly number[];
  readonly cause: string | undefined;
  readonly retargeted: string | undefined;
}

/**
 * The first original target by History-Info (RFC 7044): the first entry of the tree, and why the call left it: the Reason
 * embedded in its URI, or the cause (RFC 8119) of the entry it was sent on to. null = no usable history, or a history of one
 * entry that was never retargeted.
 */
export function originalByHistory(values: readonly string[]): OriginalTarget | null {
  const entries = values.map(parseEntry).filter((entry): entry is Entry => entry !== null).sort(byIndex);
  const [first, second] = entries;
  if (first === undefined || second === undefined || first.number === '') return null;
  return { number: first.number, reason: reasonOfStatus(first.cause ?? second.retargeted) };
}

function parseEntry(value: string): Entry | null {
  const entry = parseNameAddr(value);
  const uri = entry === null ? null : parseUri(entry.uri);
  const index = entry?.params.get('index') ?? '';
  if (uri === null || !/^[0-9]+(\.[0-9]+)*$/.test(index)) return null;
  const reason = unescape(uri.headers.split('&').find((header) => /^reason=/i.test(header)) ?? '');
  return { number: uri.userText, index: index.split('.').map(Number), cause: /cause\s*=\s*([0-9]{3})/i.exec(reason)?.[1], retargeted: uri.params.get('cause') };
}

function byIndex(one: Entry, other: Entry): number {
  for (let at = 0; at < Math.max(one.index.length, other.index.length); at++) {
    const difference = (one.index[at] ?? -1) - (other.index[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

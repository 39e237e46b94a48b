import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { WallMs } from '../../../hal/clock.ts';

/** One thing that somebody did. */
export interface AuditEntry {
  /** From 1, without gaps. */
  readonly number: number;
  readonly atMs: WallMs;
  readonly who: string;
  /** The command with its secrets masked, or 'session begins'. */
  readonly what: string;
  /** Hash of the entry before; '' of the first. */
  readonly before: string;
  /** SHA-256 over all of the above, so that no entry can be changed, taken out or put in without all later ones changing. */
  readonly hash: string;
}

/** Longer texts are cut: a pasted line must not fill the log. */
export const longestText = 1024;

const text = v.pipe(v.string(), v.maxLength(longestText));
const hash = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{64})?$/));
const shape = v.strictObject({ number: v.pipe(v.number(), v.integer(), v.minValue(1)), atMs: v.number(), who: text, what: text, before: hash, hash });

/** The next link; `last` null = the first of all. */
export function nextEntry(last: AuditEntry | null, atMs: WallMs, who: string, what: string): AuditEntry {
  const open = { number: (last?.number ?? 0) + 1, atMs, who: who.slice(0, longestText), what: what.slice(0, longestText), before: last?.hash ?? '' };
  return { ...open, hash: hashOf(open) };
}

/** One line of JSON. */
export const entryLine = (entry: AuditEntry): string => `${JSON.stringify(entry)}\n`;

/** null = the line is no entry. Whether it belongs where it stands is for `chainFault`. */
export function readEntry(line: string): AuditEntry | null {
  try {
    const checked = v.safeParse(shape, JSON.parse(line));
    return checked.success ? { ...checked.output, atMs: checked.output.atMs as WallMs } : null;
  } catch {
    return null;
  }
}

/** What is wrong with an entry behind `last`, as a sentence without its full stop; null = nothing. `last` null = the oldest kept, which is taken as it is. */
export function chainFault(last: AuditEntry | null, entry: AuditEntry): string | null {
  if (hashOf(entry) !== entry.hash) return `entry ${entry.number} was changed`;
  if (last === null) return null;
  if (entry.number !== last.number + 1) return `after entry ${last.number} comes ${entry.number}`;
  return entry.before === last.hash ? null : `entry ${entry.number} does not follow from entry ${last.number}`;
}

function hashOf({ number, atMs, who, what, before }: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256').update(JSON.stringify([number, atMs, who, what, before])).digest('hex');
}

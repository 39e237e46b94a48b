import type { Settings } from '../../config/settings.ts';
import { dialable, isEmergencyNumber } from '../outgoing-rules.ts';

/**
 * Whether callers may be sent to a number. Whoever can make a unit call any number can run up its owner's bill, and flows send callers to
 * numbers that callers have keyed: so a number must be one of this unit, or match `transfers.allow`. Emergency numbers never are.
 */
export function mayTransfer(settings: Pick<Settings, 'transfers' | 'breakout' | 'mailboxes' | 'lines' | 'numbers' | 'queues'>, number: string): boolean {
  const known = isKnown(settings, number);
  if (!dialable.test(number) || isEmergencyNumber(settings, number, known)) return false;
  return known || settings.transfers.allow.some((pattern) => matches(pattern, number));
}

/** It stands in the configuration as somebody's. */
function isKnown({ mailboxes, lines, breakout, queues }: Pick<Settings, 'breakout' | 'mailboxes' | 'lines' | 'queues'>, number: string): boolean {
  const breakouts = [breakout, ...mailboxes.map((mailbox) => mailbox.breakout)].flatMap(({ key0, key2, key3 }) => [key0, key2, key3]);
  return mailboxes.some((mailbox) => mailbox.number === number) || lines.some((line) => line.kind === 'phone' && line.number === number) || breakouts.includes(number) || queues.some(({ overflow, agents }) => overflow === number || agents.includes(number));
}

/** Digits, X any digit, [1-8] or [5] one of these; a dot at the end: anything more, or nothing. */
export function matches(pattern: string, number: string): boolean {
  const open = pattern.endsWith('.');
  const parts = (open ? pattern.slice(0, -1) : pattern).match(/\[[0-9](?:-[0-9])?\]|./g) ?? [];
  if (open ? number.length < parts.length : number.length !== parts.length) return false;
  return parts.every((part, at) => fits(part, number[at] as string));
}

function fits(part: string, sign: string): boolean {
  if (part === 'X') return /[0-9]/.test(sign);
  if (!part.startsWith('[')) return part === sign;
  const [low = '', high = low] = part.slice(1, -1).split('-');
  return /[0-9]/.test(sign) && sign >= low && sign <= high;
}

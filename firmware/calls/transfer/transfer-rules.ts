import type { Settings } from '../../config/settings.ts';
import { matchesNumber } from '../number-pattern.ts';
import { dialable, isEmergencyNumber } from '../outgoing-rules.ts';

/** What a dot at the end of a pattern of `transfers.allow` stands for: also nothing. */
const anything = 0;

/**
 * Whether callers may be sent to a number. Whoever can make a unit call any number can run up its owner's bill, and flows send callers to
 * numbers that callers have keyed: so a number must be one of this unit, or match `transfers.allow`. Emergency numbers never are.
 */
export function mayTransfer(settings: Pick<Settings, 'transfers' | 'breakout' | 'mailboxes' | 'lines' | 'numbers' | 'queues'>, number: string): boolean {
  const known = isKnown(settings, number);
  if (!dialable.test(number) || isEmergencyNumber(settings, number, known)) return false;
  return known || settings.transfers.allow.some((pattern) => matchesNumber(pattern, number, anything));
}

/** It stands in the configuration as somebody's. */
function isKnown({ mailboxes, lines, breakout, queues }: Pick<Settings, 'breakout' | 'mailboxes' | 'lines' | 'queues'>, number: string): boolean {
  const breakouts = [breakout, ...mailboxes.map((mailbox) => mailbox.breakout)].flatMap(({ key0, key2, key3 }) => [key0, key2, key3]);
  return mailboxes.some((mailbox) => mailbox.number === number) || lines.some((line) => line.kind === 'phone' && line.number === number) || breakouts.includes(number) || queues.some(({ overflow, agents }) => overflow === number || agents.includes(number));
}

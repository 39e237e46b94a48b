import type { BreakoutSettings, TransferSettings } from '../config/transfer-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { HandOver } from './hand-over.ts';

/** Where keys lead callers in the greeting of a mailbox. */
export interface Breakout {
  readonly numbers: BreakoutSettings;
  readonly transfers: Pick<TransferSettings, 'ringSec' | 'zone'>;
}

/** The mailbox's own keys, else the unit's. */
export function breakoutOf({ breakout, mailboxes, transfers }: Pick<Settings, 'breakout' | 'mailboxes' | 'transfers'>, number: string): Breakout {
  const own = mailboxes.find((mailbox) => mailbox.number === number)?.breakout ?? null;
  const numbers = { key0: own?.key0 ?? breakout.key0, key2: own?.key2 ?? breakout.key2, key3: own?.key3 ?? breakout.key3 };
  return { numbers, transfers };
}

/** null: the key leads nowhere. */
export function breakoutNumber({ numbers }: Breakout, key: string): string | null {
  if (key === '0') return numbers.key0;
  if (key === '2') return numbers.key2;
  return key === '3' ? numbers.key3 : null;
}

/** The caller of `mailbox` is on the way to `to`, by the PBX if it takes them. */
export function breakoutTo({ transfers: { ringSec, zone } }: Breakout, mailbox: string, to: string): HandOver {
  return { ask: { to, how: 'blind', ringMs: ringSec * 1000, showNumber: null, showName: null, priority: null, mailbox, whisper: null }, hold: 'ringing', zone };
}

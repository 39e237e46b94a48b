import type { Settings } from '../../config/settings.ts';
import type { CallFacts } from '../../sip/leg.ts';

/** What a call tells of where it comes from. */
export type CallSource = Pick<CallFacts, 'peer' | 'transport'> & { readonly callerNumber: string };

/**
 * Whether who calls may enter the mailbox without its PIN: from its own number or one that it names, where the peer is trusted to tell numbers
 * that are true; a telephone at a line port of the unit is known by its port. `entered`: mailboxes that the caller has entered before in this call;
 * they are open to go back to, and members enter their group mailbox from their own, unless it always wants its PIN.
 */
export function entersWithoutPin(settings: Settings, source: CallSource, mailbox: string, entered: readonly string[]): boolean {
  const wanted = settings.mailboxes.find(({ number }) => number === mailbox);
  if (wanted === undefined) return false;
  if (entered.includes(mailbox)) return true;
  if (wanted.pinAlways) return false;
  if (entered.some((one) => wanted.members.includes(one))) return true;
  if (source.callerNumber === '' || !tellsTrueNumbers(settings, source)) return false;
  return source.callerNumber === mailbox || wanted.trusted.includes(source.callerNumber) || wanted.members.includes(source.callerNumber);
}

function tellsTrueNumbers({ peers, lines }: Settings, { peer, transport }: CallSource): boolean {
  if (transport === 'line') return lines.some((line) => line.name === peer && line.kind === 'phone');
  return peers.some(({ name, trusted }) => name === peer && trusted);
}

import { mailboxOf } from '../config/mailbox-of.ts';
import { FileMessageStore } from '../mailbox/file-message-store.ts';
import { OwnerAccess } from '../mailbox/owner/owner-access.ts';
import type { WholeUnit } from './whole-unit.ts';

export function makeStore(unit: WholeUnit): FileMessageStore {
  const { storage, clock, random, log } = unit.parts;
  return new FileMessageStore({
    storage,
    clock,
    random,
    log,
    settings: () => unit.settings.messages,
    mailboxes: () => unit.settings.mailboxes.map((mailbox) => mailbox.number),
    isMailbox: (mailbox) => mailboxOf(unit.settings, mailbox) !== null,
    limits: (mailbox) => mailboxOf(unit.settings, mailbox) ?? { disabled: false, quotaSec: null },
    takenFor: () => unit.distributed?.takenFor() ?? unit.pair.takenFor(),
    counter: unit.settings.pair?.rank ?? null,
    remembersPurges: () => unit.settings.pair?.messages === 'mirror',
  });
}

export function makeOwners(unit: WholeUnit): OwnerAccess {
  const { clock, random, log, hasher } = unit.parts;
  return new OwnerAccess({ clock, random, log, hasher, records: unit.store.owners, settings: () => unit.settings.pins, given: pinGiven(unit) });
}

/** Kept only where owners are asked for a PIN of their own: a unit that gives out thousands of PINs at its first start writes nothing more. */
function pinGiven(unit: WholeUnit): (mailbox: string) => Promise<void> {
  return async (mailbox) => {
    if (unit.settings.telephone.firstLogIn === 'name-and-pin') await unit.store.choices.change(mailbox, (choices) => (choices.options = { ...choices.options, pinGiven: true }));
  };
}

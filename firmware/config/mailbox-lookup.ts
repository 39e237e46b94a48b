import type { MailboxSettings } from './settings.ts';

type Mailboxes = readonly MailboxSettings[];

/** Settings never change, they are replaced: so does what was made of them. */
const known = new WeakMap<Mailboxes, ReadonlyMap<string, MailboxSettings>>();

/** The settings of one mailbox, for whoever asks about thousands in a row; undefined = there is none. */
export function mailboxOf({ mailboxes }: { readonly mailboxes: Mailboxes }, number: string): MailboxSettings | undefined {
  let byNumber = known.get(mailboxes);
  if (byNumber === undefined) known.set(mailboxes, (byNumber = new Map(mailboxes.map((one) => [one.number, one]))));
  return byNumber.get(number);
}

import type { MailboxSettings, Settings } from './settings.ts';

/** Settings are frozen: what was made of a list of mailboxes is right as long as somebody holds it. */
const known = new WeakMap<readonly MailboxSettings[], ReadonlyMap<string, MailboxSettings>>();

/** null = no mailbox has the number. Takes no longer with 2,000 of them than with one: for what goes through all mailboxes and asks for each. */
export function mailboxOf({ mailboxes }: Pick<Settings, 'mailboxes'>, number: string): MailboxSettings | null {
  let byNumber = known.get(mailboxes);
  if (byNumber === undefined) {
    byNumber = new Map(mailboxes.map((mailbox) => [mailbox.number, mailbox]));
    known.set(mailboxes, byNumber);
  }
  return byNumber.get(number) ?? null;
}

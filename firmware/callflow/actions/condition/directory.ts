import type { Settings } from '../../../config/settings.ts';

/** What a value may be a number of: an extension (a mailbox of one person, or a phone port), a hunt group (a mailbox that has members), a mailbox of either kind. */
export const directoryKinds = ['extension', 'hunt group', 'mailbox'] as const;
export type DirectoryKind = (typeof directoryKinds)[number];

export function isIn(settings: Settings, kind: DirectoryKind, number: string): boolean {
  const mailbox = settings.mailboxes.find((one) => one.number === number);
  if (kind === 'mailbox') return mailbox !== undefined;
  const group = mailbox !== undefined && hasMembers(mailbox);
  if (kind === 'hunt group') return group;
  return !group && (mailbox !== undefined || settings.lines.some((line) => line.kind === 'phone' && line.number === number));
}

/** A group is told apart from a person by its members. */
const hasMembers = (mailbox: object): boolean => 'members' in mailbox && Array.isArray(mailbox.members) && mailbox.members.length > 0;

import type { Conflict, Draft, Rule } from './cross-rules.ts';

/** What mailboxes say of each other. */
export const mailboxRules: readonly Rule[] = [membersAreMailboxes, membersOnce];

function membersAreMailboxes({ mailboxes }: Draft): Conflict[] {
  const numbers = new Set(mailboxes.map((mailbox) => mailbox?.number));
  return eachMember(mailboxes).flatMap(({ group, member, at, path }): Conflict[] => {
    if (member === group) return [{ path: [...path, at], message: `mailbox ${group} cannot be a member of itself`, suggestion: 'remove it' }];
    // A mailbox with a fault of its own may be the one that is meant.
    return numbers.has(member) || numbers.has(undefined) ? [] : [{ path: [...path, at], message: `there is no mailbox ${member}`, suggestion: 'use the number of a mailbox' }];
  });
}

function membersOnce({ mailboxes }: Draft): Conflict[] {
  return eachMember(mailboxes).flatMap(({ member, at, path, members }) => (members.indexOf(member) < at ? [{ path: [...path, at], message: `${member} is in the list already`, suggestion: 'remove it' }] : []));
}

interface NamedMember {
  readonly group: string;
  readonly member: string;
  readonly members: readonly string[];
  readonly at: number;
  readonly path: readonly (string | number)[];
}

const eachMember = (mailboxes: Draft['mailboxes']): NamedMember[] =>
  mailboxes.flatMap((mailbox, place) => (mailbox?.members ?? []).map((member, at) => ({ group: mailbox?.number ?? '', member, members: mailbox?.members ?? [], at, path: ['mailboxes', place, 'members'] })));

import type { MessageCounts } from '../sip/user-agent.ts';
import type { MailboxCounts } from './message-store.ts';

/** What the lamp of a member of group mailboxes shows: all of them together. */
export function togetherCounts(own: MessageCounts, groups: readonly MessageCounts[]): MessageCounts {
  const sum = (count: keyof MessageCounts): number => groups.reduce((all, group) => all + group[count], own[count]);
  return { newMessages: sum('newMessages'), oldMessages: sum('oldMessages'), urgentNew: sum('urgentNew'), urgentOld: sum('urgentOld') };
}

/** What a lamp shows (RFC 3842): new ones light it; old and saved ones are both 'old' to a phone. */
export const lampCounts = (counts: MailboxCounts): MessageCounts => ({
  newMessages: counts.new,
  oldMessages: counts.old + counts.saved,
  urgentNew: counts.urgentNew ?? 0,
  urgentOld: counts.urgentOld ?? 0,
});

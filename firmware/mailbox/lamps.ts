import type { MessageCounts } from '../sip/user-agent.ts';
import type { MailboxCounts } from './message-store.ts';

/** What a lamp shows (RFC 3842): new ones light it; old and saved ones are both 'old' to a phone. */
export const lampCounts = (counts: MailboxCounts): MessageCounts => ({
  newMessages: counts.new,
  oldMessages: counts.old + counts.saved,
  urgentNew: 0,
  urgentOld: 0,
});

import type { MessageCounts } from '../user-agent.ts';

export const messageSummaryEvent = 'message-summary';
export const messageSummaryType = 'application/simple-message-summary';

/** A mailbox nobody has anything in. */
export const noMessages: MessageCounts = { newMessages: 0, oldMessages: 0, urgentNew: 0, urgentOld: 0 };

/** The body of a message-summary NOTIFY (RFC 3842 section 5.2). */
export function formatMessageSummary(account: string, counts: MessageCounts): Uint8Array {
  const { newMessages, oldMessages, urgentNew, urgentOld } = counts;
  const lines = [
    `Messages-Waiting: ${newMessages > 0 ? 'yes' : 'no'}`,
    `Message-Account: ${account}`,
    `Voice-Message: ${newMessages}/${oldMessages} (${urgentNew}/${urgentOld})`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

/** How much of what is stored is kept in memory. */
export interface MailboxRoom {
  /** A store with no more mailboxes than this opens, and looks at, all of them at each start. */
  readonly atStart: number;
  /** Beyond either limit those that were used least lately are shut, when nobody uses them. */
  readonly mailboxes: number;
  readonly messages: number;
}

export const standardRoom: MailboxRoom = { atStart: 64, mailboxes: 256, messages: 8192 };

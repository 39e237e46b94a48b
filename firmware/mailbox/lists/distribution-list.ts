/** Personal distribution lists of a mailbox, as in Intuity mode: 1 to 20, each with up to 360 mailboxes. */
export const maxLists = 20;
export const maxListEntries = 360;

export interface DistributionList {
  readonly number: number;
  /** Others may send to it and import it. */
  readonly public: boolean;
  /** Mailbox numbers in the order they were added, none twice. */
  readonly entries: readonly string[];
}

export interface ListSummary {
  readonly number: number;
  readonly public: boolean;
  readonly size: number;
}

export const summaryOf = ({ number, public: isPublic, entries }: DistributionList): ListSummary => ({ number, public: isPublic, size: entries.length });

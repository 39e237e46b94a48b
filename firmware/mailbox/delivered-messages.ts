import { HalError } from '../../hal/errors.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { Hands } from './hands.ts';
import type { Housekeeping } from './housekeeping.ts';
import type { MailboxFigures } from './mailbox-figures.ts';
import { noFigures } from './mailbox-figures.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { Message, MessageState } from './message.ts';
import type { MessageReader } from './message-store.ts';
import type { StoreProbe } from './store-probe.ts';

export interface DeliveredParts {
  readonly mailboxes: Mailboxes;
  readonly hands: Hands;
  readonly probe: StoreProbe;
  readonly housekeeping: Housekeeping;
  readonly settings: () => Settings['messages'];
  readonly log: Log;
  readonly changed: (mailbox: string) => void;
}

/** Messages that lie in mailboxes: read and changed by their owners, or in their name. */
export class DeliveredMessages {
  readonly #parts: DeliveredParts;
  /** Owners whose calls are over, and what they deleted. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(parts: DeliveredParts) {
    this.#parts = parts;
  }

  /** In order of id. Errors: HalError. */
  async messages(mailbox: string, withDeleted: boolean): Promise<readonly Message[]> {
    return (await this.#parts.mailboxes.useKnown(mailbox, ({ index }) => index.list(withDeleted))) ?? [];
  }

  /** The same at once, of a mailbox that is in memory, as the last ones used are. Errors: HalError busy, of one that is not. */
  list(mailbox: string, withDeleted: boolean): readonly Message[] {
    const found = this.#parts.mailboxes.peek(mailbox);
    if (found === null && this.#parts.mailboxes.isKnown(mailbox)) throw new HalError('busy', mailbox, 'the mailbox must be opened first');
    return found?.index.list(withDeleted) ?? [];
  }

  /** Whether `list` can tell. */
  isOpen(mailbox: string): boolean {
    return this.#parts.mailboxes.peek(mailbox) !== null || !this.#parts.mailboxes.isKnown(mailbox);
  }

  /** Known at once. */
  figures(mailbox: string): MailboxFigures {
    return this.#parts.mailboxes.figures(mailbox) ?? noFigures;
  }

  /** Resolves when durable. Errors: HalError. */
  async mark(mailbox: string, id: string, state: MessageState): Promise<void> {
    const { mailboxes, hands, probe, changed } = this.#parts;
    if (mailboxes.isKnown(mailbox)) hands.touched(mailbox);
    if (await probe.blaming(() => mailboxes.useKnown(mailbox, (found) => found.mark(id, () => state)))) changed(mailbox);
  }

  /** Removes for good. Errors: HalError. */
  async purge(mailbox: string, id: string): Promise<void> {
    const { mailboxes, probe, changed } = this.#parts;
    if (await probe.blaming(() => mailboxes.useKnown(mailbox, (found) => found.purge(id)))) changed(mailbox);
  }

  /** Errors: HalError not-found, io. */
  async reader(mailbox: string, id: string): Promise<MessageReader> {
    const { mailboxes, hands, changed } = this.#parts;
    if (!mailboxes.isKnown(mailbox)) throw new HalError('not-found', mailbox, 'no such mailbox');
    try {
      return await hands.reading(mailbox, () => mailboxes.use(mailbox, (found) => found.reader(id)));
    } catch (error) {
      // The message may have been set aside.
      changed(mailbox);
      throw error;
    }
  }

  /** The last deleted first. Errors: HalError. */
  async deleted(mailbox: string): Promise<readonly { readonly id: string; readonly deletedMs: number }[]> {
    const entries = (await this.#parts.mailboxes.useKnown(mailbox, ({ index }) => index.entries())) ?? [];
    const deleted = entries.filter(({ message }) => message.state === 'deleted').map(({ message, deletedMs }) => ({ id: message.id, deletedMs }));
    return deleted.sort((left, right) => right.deletedMs - left.deletedMs);
  }

  /** Its owner's call is over: deleted messages that are not kept go now. Never throws. */
  leave(mailbox: string): void {
    const { mailboxes, probe, housekeeping, settings, log } = this.#parts;
    if (settings().deletedKeepHours > 0 || this.figures(mailbox).counts.deleted === 0) return;
    const failed = (error: unknown): void => log.write('error', 'housekeeping-failed', String(error), { mailbox });
    this.#leaving = Promise.all([this.#leaving, probe.blaming(() => mailboxes.useKnown(mailbox, (found) => housekeeping.emptyTrash(found))).catch(failed)]);
  }

  /** Resolves when what the owners who left had deleted is gone. Never rejects. */
  async idle(): Promise<void> {
    await this.#leaving;
  }
}

import { HalError } from '../../hal/errors.ts';
import type { MailboxContext } from './mailbox-context.ts';
import type { Row } from './message-index.ts';
import { idOf, versionOf } from './message-index.ts';
import type { StateVersion } from './state-version.ts';
import { changed } from './state-version.ts';

/** What of one mailbox was purged, where somebody needs to know it later. */
export class PurgeMemory {
  readonly #context: Pick<MailboxContext, 'tombstones' | 'counter' | 'log'>;
  readonly #number: string;

  constructor(context: Pick<MailboxContext, 'tombstones' | 'counter' | 'log'>, number: string) {
    this.#context = context;
    this.#number = number;
  }

  /** Before the files go. On a full disk they go all the same: that is what makes room. Errors: HalError read-only, io. */
  async remember(rows: readonly Row[]): Promise<void> {
    const { tombstones, counter, log } = this.#context;
    const purged = rows.map((row) => ({ id: idOf(row), version: changed(versionOf(row), counter) }));
    try {
      await tombstones()?.add(this.#number, purged);
    } catch (error) {
      if (!(error instanceof HalError) || error.id !== 'no-space') throw error;
      log.write('warning', 'purge-not-remembered', 'Messages were purged while the disk was full; they may come back from the partner.', { mailbox: this.#number, messages: rows.length });
    }
  }

  /** What the partner has purged. Errors: HalError. */
  async adopt(id: string, version: StateVersion): Promise<void> {
    await this.#context.tombstones()?.add(this.#number, [{ id, version }]);
  }

  /** What is damaged here may come from the partner, and must not be purged there. Errors: HalError. */
  async forget(id: string): Promise<void> {
    await this.#context.tombstones()?.drop(this.#number, id);
  }
}

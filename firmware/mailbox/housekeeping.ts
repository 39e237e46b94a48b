import type { Clock } from '../../hal/clock.ts';
import type { KeepSettings } from '../config/mailbox-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { Mailbox } from './mailbox.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { MessageState } from './message.ts';

const hourMs = 3_600_000;

export interface HousekeepingParts {
  readonly mailboxes: Mailboxes;
  readonly clock: Clock;
  readonly settings: () => Settings['messages'];
  readonly changed: (mailbox: string) => void;
}

/** Deletes what has been in its state for too long, and purges what was deleted long enough ago. */
export class Housekeeping {
  readonly #parts: HousekeepingParts;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  /** `ages`: messages grow old too. Returns how many were purged. Errors: HalError. */
  async run(ages: boolean): Promise<number> {
    let purged = 0;
    for (const mailbox of this.#parts.mailboxes.all()) {
      const aged = ages ? await this.#age(mailbox) : 0;
      const count = await this.emptyTrash(mailbox);
      if (aged + count > 0) this.#parts.changed(mailbox.number);
      purged += count;
    }
    return purged;
  }

  /** Errors: HalError. */
  emptyTrash(mailbox: Mailbox): Promise<number> {
    const { deletedKeepHours, mailboxMaxMessages } = this.#parts.settings();
    return mailbox.emptyTrash(this.#parts.clock.wall() - deletedKeepHours * hourMs, mailboxMaxMessages);
  }

  #age(mailbox: Mailbox): Promise<number> {
    const kept = this.#parts.settings();
    return mailbox.age(this.#parts.clock.wall(), (state) => keptHours(kept, state) * hourMs);
  }
}

/** 0 = for ever. */
const keptHours = ({ newKeepHours, unopenedKeepHours, oldKeepHours, savedKeepHours }: KeepSettings, state: MessageState): number =>
  ({ new: newKeepHours, unopened: unopenedKeepHours, old: oldKeepHours, saved: savedKeepHours, deleted: 0 })[state];

import type { Clock } from '../../hal/clock.ts';
import type { KeepSettings } from '../config/mailbox-settings.ts';
import type { Settings } from '../config/settings.ts';
import { eachMailbox } from './each-mailbox.ts';
import type { Mailbox } from './mailbox.ts';
import { sinceOf } from './mailbox-figures.ts';
import { messageStates } from './mailbox-paths.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { MessageState } from './message.ts';

/** Mailboxes with nothing to do that are looked at between two turns of the loop. */
const looksAtOnce = 250;
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

  /** `ages`: messages grow old too. Returns how many were purged. Errors: HalError, once all mailboxes have had their turn. */
  async run(ages: boolean): Promise<number> {
    const { mailboxes, changed } = this.#parts;
    let [purged, looked] = [0, 0];
    await eachMailbox(mailboxes.numbers(), async (number) => {
      if (++looked % looksAtOnce === 0) await mailboxes.pause();
      if (!this.#isDue(number, ages)) return;
      purged += await mailboxes.use(number, async (mailbox) => {
        const aged = ages ? await this.#age(mailbox) : 0;
        const gone = await this.emptyTrash(mailbox);
        if (aged + gone > 0) changed(number);
        return gone;
      });
    });
    return purged;
  }

  /** Errors: HalError. */
  emptyTrash(mailbox: Mailbox): Promise<number> {
    const { deletedKeepHours, mailboxMaxMessages } = this.#parts.settings();
    return mailbox.emptyTrash(this.#parts.clock.wall() - deletedKeepHours * hourMs, mailboxMaxMessages);
  }

  /** Without a look at the disk. */
  #isDue(number: string, ages: boolean): boolean {
    const { settings, mailboxes, clock } = this.#parts;
    const figures = mailboxes.figures(number);
    if (figures === null || figures.messages === 0) return false;
    const kept = settings();
    const now = clock.wall();
    if (figures.counts.deleted > kept.mailboxMaxMessages || sinceOf(figures, 'deleted') <= now - kept.deletedKeepHours * hourMs) return true;
    return ages && messageStates.some((state) => keptHours(kept, state) > 0 && sinceOf(figures, state) <= now - keptHours(kept, state) * hourMs);
  }

  #age(mailbox: Mailbox): Promise<number> {
    const kept = this.#parts.settings();
    return mailbox.age(this.#parts.clock.wall(), (state) => keptHours(kept, state) * hourMs);
  }
}

/** 0 = for ever. */
const keptHours = ({ newKeepHours, unopenedKeepHours, oldKeepHours, savedKeepHours }: KeepSettings, state: MessageState): number =>
  ({ new: newKeepHours, unopened: unopenedKeepHours, old: oldKeepHours, saved: savedKeepHours, deleted: 0 })[state];

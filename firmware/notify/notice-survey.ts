import { eachMailbox } from '../mailbox/each-mailbox.ts';

export interface NoticeSurveyParts {
  readonly mailboxes: () => readonly string[];
  /** Another when there is something new to tell of the mailbox, or it is to be told otherwise. */
  readonly markOf: (mailbox: string) => string;
  /** Errors: HalError. */
  readonly look: (mailbox: string) => Promise<void>;
  readonly running: () => boolean;
}

/**
 * Looks at all mailboxes, again and again: at those whose last look failed, and at those that have changed since. Never twice at a time: who asks
 * while it is under way gets another round behind it, together with all others who ask.
 */
export class NoticeSurvey {
  readonly #parts: NoticeSurveyParts;
  /** Of the last look at each; null = it is under way, or failed. */
  readonly #looks = new Map<string, { mark: string | null }>();
  #wanted = false;
  #underWay: Promise<void> | null = null;

  constructor(parts: NoticeSurveyParts) {
    this.#parts = parts;
  }

  /** At each, whatever its mark is. Errors: HalError. */
  all(): Promise<void> {
    this.#looks.clear();
    return this.changed();
  }

  /** Only at those that have changed. Errors: HalError, once all others have been looked at. */
  changed(): Promise<void> {
    this.#wanted = true;
    this.#underWay ??= this.#rounds().finally(() => (this.#underWay = null));
    return this.#underWay;
  }

  /** At this one, now. Errors: HalError. */
  async one(mailbox: string): Promise<void> {
    const look: { mark: string | null } = { mark: null };
    this.#looks.set(mailbox, look);
    const mark = this.#parts.markOf(mailbox);
    await this.#parts.look(mailbox);
    // Of no account where a later look has begun, which may fail.
    look.mark = mark;
  }

  /** It is looked at in the next round. */
  forget(mailbox: string): void {
    this.#looks.delete(mailbox);
  }

  async #rounds(): Promise<void> {
    let failure: unknown = null;
    while (this.#wanted && this.#parts.running()) {
      this.#wanted = false;
      await this.#round().catch((error: unknown) => (failure = error));
    }
    if (failure !== null) throw failure;
  }

  async #round(): Promise<void> {
    const mailboxes = this.#parts.mailboxes();
    this.#forgetOthers(mailboxes);
    await eachMailbox(mailboxes, async (mailbox) => {
      if (this.#parts.running() && this.#looks.get(mailbox)?.mark !== this.#parts.markOf(mailbox)) await this.one(mailbox);
    });
  }

  #forgetOthers(mailboxes: readonly string[]): void {
    const known = new Set(mailboxes);
    for (const mailbox of this.#looks.keys()) if (!known.has(mailbox)) this.#looks.delete(mailbox);
  }
}

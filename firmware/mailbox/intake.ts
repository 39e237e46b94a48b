import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import type { AdmissionFacts } from './admission.ts';
import { admit, isFull, keptBackBytes } from './admission.ts';
import { reserveBytes } from './log-writer.ts';
import type { MailboxLimits, Admission } from './message.ts';
import { noFigures } from './mailbox-figures.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { OwnerChoices } from './owner-choices-desk.ts';
import type { StoreProbe } from './store-probe.ts';

export interface IntakeParts {
  readonly storage: Storage;
  readonly mailboxes: Mailboxes;
  readonly choices: OwnerChoices;
  readonly probe: StoreProbe;
  readonly settings: () => Settings['messages'];
  readonly isKnown: (mailbox: string) => boolean;
  /** Its standard greeting is recorded. */
  readonly isGreeted: (mailbox: string) => boolean;
  readonly limits: (mailbox: string) => MailboxLimits;
  /** Recordings in progress for it. */
  readonly running: (mailbox: string) => number;
}

/** Why a mailbox takes nothing, of whomever. */
export type Closed = 'no-such-mailbox' | 'disabled' | 'mailbox-full';

/** Whether something may come into a mailbox, of callers or of other owners. */
export class Intake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Of a caller's message, before the beep. Errors: HalError. */
  async admission(mailbox: string): Promise<Admission> {
    const { storage, mailboxes, settings, probe, isKnown, isGreeted, choices } = this.#parts;
    // Here a look at the disk can be waited for: what it holds is known for certain.
    await mailboxes.look(mailbox).catch((error: unknown) => this.#unread(error));
    const works = await probe.works();
    const { freeBytes } = await storage.space();
    return admit(settings(), { ...this.#holding(mailbox), known: isKnown(mailbox), storeFailed: !works, options: choices.options(mailbox), isGreeted: isGreeted(mailbox), freeBytes });
  }

  /** Why nothing comes into the mailbox, of whomever; null = it does. That it is full is never said from an outdated summary. Errors: HalError, where it had to be looked at. */
  async closed(mailbox: string): Promise<Closed | null> {
    const { mailboxes } = this.#parts;
    const why = this.#closed(mailbox);
    if (why !== 'mailbox-full' || !mailboxes.isUnverified(mailbox)) return why;
    await mailboxes.look(mailbox);
    return this.#closed(mailbox);
  }

  /** Why no copies of so many bytes for so many can be made; null = they can. Errors: HalError. */
  async sendRefusal(bytes: number, recipients: number): Promise<'store-full' | 'store-failed' | null> {
    const { storage, settings, probe } = this.#parts;
    if (!(await probe.works())) return 'store-failed';
    return (await storage.space()).freeBytes < keptBackBytes(settings()) + reserveBytes(bytes) * recipients ? 'store-full' : null;
  }

  #closed(mailbox: string): Closed | null {
    if (!this.#parts.isKnown(mailbox)) return 'no-such-mailbox';
    const holding = this.#holding(mailbox);
    if (holding.limits.disabled) return 'disabled';
    return isFull(this.#parts.settings(), holding) ? 'mailbox-full' : null;
  }

  /** What is known without a look must do. */
  #unread(error: unknown): void {
    if (!(error instanceof HalError)) throw error;
    this.#parts.probe.blame(error);
  }

  #holding(mailbox: string): Pick<AdmissionFacts, 'counts' | 'indexIsFull' | 'running' | 'limits'> {
    const { mailboxes, running, limits } = this.#parts;
    return { counts: (mailboxes.figures(mailbox) ?? noFigures).counts, indexIsFull: mailboxes.isFull(mailbox), running: running(mailbox), limits: limits(mailbox) };
  }
}

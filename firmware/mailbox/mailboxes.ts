import { HalError } from '../../hal/errors.ts';
import type { Document } from './document.ts';
import { DoubtfulNames } from './doubtful-names.ts';
import { guardedStorage } from './guarded-storage.ts';
import { Mailbox } from './mailbox.ts';
import { KnownMailboxes } from './known-mailboxes.ts';
import type { MailboxContext } from './mailbox-context.ts';
import type { MailboxDocument, MailboxDocuments } from './mailbox-documents.ts';
import type { MailboxFigures } from './mailbox-figures.ts';
import { MailboxGlance } from './mailbox-glance.ts';
import { stampOf } from './mailbox-stamp.ts';
import type { MailboxRoom } from './mailbox-room.ts';
import { standardRoom } from './mailbox-room.ts';
import { isMailboxNumber, mailboxesFolder } from './mailbox-paths.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import type { MailboxState } from './mailbox-state.ts';
import type { MailboxReport } from './mailbox-survey.ts';
import { inParallel } from './serial.ts';
import type { Glances } from './summary-text.ts';
import { SummaryFile } from './summary-file.ts';
import type { Random } from '../../hal/random.ts';
import { MailboxPool } from './mailbox-pool.ts';
import { UnsavedMailboxes } from './unsaved-mailboxes.ts';
import { UnverifiedMailboxes } from './unverified-mailboxes.ts';

/** Node has four file threads; a few more tasks keep them busy. */
const openAtATime = 8;
/** A start that has many mailboxes to look at says so as often, milliseconds. */
const tellEveryMs = 2000;

/** While a start looks at many of which few are used soon. */
const passing = { mailboxes: openAtATime, messages: 1024 };

export interface MailboxesParts extends Omit<MailboxContext, 'doubted'> {
  readonly random: Random;
  readonly room?: MailboxRoom;
  /** A mailbox was opened and looked at. */
  readonly opened: (number: string, report: MailboxReport) => void;
  /** What was known of it without a look was wrong; `documents`: of its owner too. */
  readonly differs: (number: string, documents: boolean) => void;
  /** Those for which something is being made; should it be left behind, a start has to look for it. */
  readonly unfinished: () => ReadonlySet<string>;
}

/**
 * All mailboxes with a folder. A mailbox gets its folder when it is first needed, so that a configuration with thousands of them costs
 * nothing at the first start.
 *
 *   shut (a glance in memory) ── somebody uses it: documents and index read, files looked at ──> open ── too many, nobody uses it ──> shut
 *
 * At a start the glances of all that have not changed since the last one, or since the last stop in good order, come from one file
 * (summary-file.ts), and nothing else of them is read.
 */
export class Mailboxes implements MailboxDocuments {
  readonly #parts: MailboxesParts;
  readonly #room: MailboxRoom;
  readonly #summary: SummaryFile;
  readonly #pool: MailboxPool;
  readonly #known = new KnownMailboxes();
  readonly #unverified: UnverifiedMailboxes;
  readonly #doubtful: DoubtfulNames;
  readonly #unsaved: UnsavedMailboxes;
  #isLooking = false;

  constructor(parts: MailboxesParts) {
    this.#parts = parts;
    this.#room = parts.room ?? standardRoom;
    this.#summary = new SummaryFile(parts);
    this.#unverified = new UnverifiedMailboxes(parts, this.#known);
    this.#doubtful = new DoubtfulNames(parts.storage);
    this.#unsaved = new UnsavedMailboxes(parts.clock);
    this.#pool = new MailboxPool({ room: () => (this.#isLooking ? passing : this.#room), open: (number) => this.#open(number), leaving: (number, mailbox) => this.#leaving(number, mailbox) });
  }

  /** Afterwards all mailboxes on the disk are known. Errors: HalError. */
  async open(): Promise<void> {
    const names = (await this.#parts.storage.list(mailboxesFolder)).filter(isMailboxNumber).sort();
    const isLarge = names.length > this.#room.atStart;
    const summary = isLarge ? await this.#summary.read() : null;
    for (const number of names) {
      const glance = summary?.get(number);
      if (glance === undefined) continue;
      this.#known.shut(number, glance);
      this.#unverified.add(number);
    }
    this.#isLooking = isLarge;
    await this.#lookAt(names.filter((number) => !this.#known.has(number))).finally(() => (this.#isLooking = false));
    // What it took to know all this must not be needed again.
    if (isLarge && (summary?.size !== names.length || !this.#summary.stands)) await this.#summarize();
  }

  numbers(): readonly string[] {
    return this.#known.numbers();
  }

  isKnown(number: string): boolean {
    return this.#known.has(number);
  }

  /** Whether only the summary says what it holds. */
  isUnverified(number: string): boolean {
    return this.#unverified.has(number);
  }

  /** Opens, and at first makes, the mailbox; it stays open until `work` has ended. Errors: HalError; those of `work`. */
  use<T>(number: string, work: (mailbox: Mailbox) => T | Promise<T>): Promise<T> {
    return this.#pool.use(number, work);
  }

  /** The same; null = there is no such mailbox, and none is made. */
  async useKnown<T>(number: string, work: (mailbox: Mailbox) => T | Promise<T>): Promise<T | null> {
    return this.#known.has(number) ? this.use(number, work) : null;
  }

  async look(number: string): Promise<void> {
    await this.useKnown(number, () => undefined);
  }

  /** null = it is shut, or there is none. Not to be kept. */
  peek(number: string): Mailbox | null {
    return this.#pool.peek(number);
  }

  /** null = there is no such mailbox. */
  figures(number: string): MailboxFigures | null {
    return this.peek(number)?.index.figures ?? this.#known.glance(number);
  }

  isFull(number: string): boolean {
    return this.peek(number)?.index.isFull ?? this.#known.glance(number)?.isFull ?? false;
  }

  /** For the mirror; null = it must be opened to tell. */
  knownSum(number: string): string | null {
    const mailbox = this.peek(number);
    return mailbox === null ? (this.#known.glance(number)?.sum ?? null) : mailbox.index.knownSum;
  }

  mailboxDocument(number: string): Promise<MailboxDocument<MailboxState>> {
    return this.#document(number, () => this.openedDocument(number), ({ document }) => document);
  }

  openedDocument(number: string): Pick<Document<MailboxState>, 'state'> | null {
    return this.peek(number)?.document ?? stateOf(this.#known.glance(number)?.owner);
  }

  choicesDocument(number: string): Promise<MailboxDocument<MailboxChoices>> {
    return this.#document(number, () => this.openedChoices(number), ({ choices }) => choices);
  }

  openedChoices(number: string): Pick<Document<MailboxChoices>, 'state'> | null {
    return this.peek(number)?.choices ?? stateOf(this.#known.glance(number)?.choices);
  }

  /** Lets the loop turn. */
  pause(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after('store-pause', 0, resolve));
  }

  /** Looks whether the files that the summary vouched for are as they were then; a mailbox whose are not is opened. Never throws. */
  verify(): Promise<void> {
    return this.#unverified.verify((number) => this.look(number));
  }

  /** Resolves when the next start will look at the mailbox, and what belongs to it. Errors: HalError; then it must not change. */
  changing(number: string): Promise<void> {
    return this.#summary.changing(number);
  }

  /** Everything is durable; what is known of the mailboxes is left for the next start. Without it that one looks for itself. Never throws. */
  async close(): Promise<void> {
    for (const [, mailbox] of this.#pool.entries()) await mailbox.idle();
    // Whoever still changes something has not been waited for.
    if (!this.#pool.isInUse && this.#known.size > this.#room.atStart) await this.#summarize();
  }

  /** Opened, and at first made; it stays good when the mailbox is shut. */
  async #document<T>(number: string, opened: () => Pick<Document<T>, 'state'> | null, of: (mailbox: Mailbox) => Document<T>): Promise<MailboxDocument<T>> {
    await this.use(number, () => undefined);
    return {
      get state() {
        return (opened() as Pick<Document<T>, 'state'>).state;
      },
      change: (fn) => this.use(number, (mailbox) => of(mailbox).change(fn)),
    };
  }

  /** Of what the summary does not know; without one that is all of them, which takes its time and is told. */
  async #lookAt(numbers: readonly string[]): Promise<void> {
    const { clock, log } = this.#parts;
    let [looked, toldMs] = [0, clock.monotonic()];
    await inParallel(numbers, openAtATime, async (number) => {
      await this.use(number, () => undefined);
      looked++;
      if (clock.monotonic() - toldMs < tellEveryMs) return;
      toldMs = clock.monotonic();
      log.write('notice', 'mailboxes-looked-at', `The start looks at the files of mailboxes that no summary vouches for: ${looked} of ${numbers.length} so far.`);
    });
  }

  async #summarize(): Promise<void> {
    try {
      await this.#summary.write(() => this.#glances());
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      this.#parts.log.write('warning', 'summary-not-written', `The next start has to look at all mailboxes: ${error.message}`);
    }
  }

  /** As they are now; those of open mailboxes need their stamps. */
  async #glances(): Promise<Glances> {
    const unfinished = this.#parts.unfinished();
    const open = this.#pool.entries().flatMap(([number, mailbox]) => (this.#isSettled(number, mailbox) && !unfinished.has(number) ? [{ number, glance: MailboxGlance.of(mailbox, null) }] : []));
    const glances = new Map<string, string>();
    for (const [number, { stamp, packed }] of this.#known.glances()) if (stamp !== null && !unfinished.has(number)) glances.set(number, packed);
    await inParallel(open, openAtATime, async ({ number, glance }) => void glances.set(number, glance.stamped(await stampOf(this.#parts.storage, number)).packed));
    return glances;
  }

  async #open(number: string): Promise<{ mailbox: Mailbox; opened: () => void }> {
    const storage = guardedStorage(this.#parts.storage, () => this.#summary.changing(number));
    await this.#doubtful.settle(number);
    const { mailbox, report } = await Mailbox.open({ ...this.#parts, storage, doubted: () => this.#doubtful.add(number) }, number, await this.#unverified.certain(number));
    return { mailbox, opened: () => this.#opened(number, mailbox, report) };
  }

  /** Its files hold all that is known of it, for certain. */
  #isSettled(number: string, mailbox: Mailbox): boolean {
    return !this.#doubtful.has(number) && mailbox.isSaved;
  }

  #opened(number: string, mailbox: Mailbox, report: MailboxReport): void {
    const before = this.#known.glance(number);
    this.#known.opened(number);
    this.#unverified.verified(number);
    this.#parts.opened(number, report);
    const now = MailboxGlance.of(mailbox, null);
    if (before !== null && !before.says(now)) this.#parts.differs(number, !before.saysOfOwner(now));
  }

  async #leaving(number: string, mailbox: Mailbox): Promise<(() => void) | null> {
    await mailbox.idle();
    if (!(await this.#unsaved.mayLeave(number, mailbox))) return null;
    const stamp = this.#isSettled(number, mailbox) ? await stampOf(this.#parts.storage, number).catch(() => null) : null;
    return () => this.#known.shut(number, MailboxGlance.of(mailbox, stamp).packed);
  }
}

const stateOf = <T>(state: T | undefined): { readonly state: T } | null => (state === undefined ? null : { state });

import { HalError } from '../../hal/errors.ts';
import type { Document } from './document.ts';
import { guardedStorage } from './guarded-storage.ts';
import { Mailbox } from './mailbox.ts';
import type { MailboxContext } from './mailbox-context.ts';
import type { MailboxFigures } from './mailbox-figures.ts';
import type { MailboxGlance } from './mailbox-glance.ts';
import { choicesOf, glanceOf, ownerOf, stampOf } from './mailbox-glance.ts';
import { isMailboxNumber, mailboxesFolder } from './mailbox-paths.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import type { MailboxState } from './mailbox-state.ts';
import type { MailboxReport } from './mailbox-survey.ts';
import { inParallel } from './serial.ts';
import type { Glances } from './summary-file.ts';
import { SummaryFile } from './summary-file.ts';

/** Node has four file threads; a few more tasks keep them busy. */
const openAtATime = 8;
const verifiedAtATime = 2;

/** How much of what is stored is kept in memory. */
export interface MailboxRoom {
  /** A store with no more mailboxes than this opens, and looks at, all of them at each start. */
  readonly atStart: number;
  /** Beyond either limit those that were used least lately are shut, when nobody uses them. */
  readonly mailboxes: number;
  readonly messages: number;
}

const standardRoom: MailboxRoom = { atStart: 64, mailboxes: 256, messages: 16_384 };

/** A document of a mailbox, which may be shut and opened again meanwhile. */
export type MailboxDocument<T> = Pick<Document<T>, 'state' | 'change'>;

/** Access to mailbox documents for those who are not the message store. */
export interface MailboxDocuments {
  /** Numbers of all mailboxes that have a document. */
  numbers(): readonly string[];
  /** Opens, and at first makes, the document. Errors: HalError no-space, read-only, io. */
  mailboxDocument(number: string): Promise<MailboxDocument<MailboxState>>;
  /** The document if the mailbox has one. */
  openedDocument(number: string): Pick<Document<MailboxState>, 'state'> | null;
  /** The same for what the owner has chosen. */
  choicesDocument(number: string): Promise<MailboxDocument<MailboxChoices>>;
  openedChoices(number: string): Pick<Document<MailboxChoices>, 'state'> | null;
}

export interface MailboxesParts extends MailboxContext {
  readonly room?: MailboxRoom;
  /** A mailbox was opened and looked at. */
  readonly opened: (number: string, report: MailboxReport) => void;
  /** What was known of it without a look was wrong. */
  readonly differs: (number: string) => void;
}

interface Slot {
  mailbox: Mailbox | null;
  opening: Promise<Mailbox> | null;
  /** Who use it now. */
  users: number;
  /** Who ever used it. */
  uses: number;
}

/**
 * All mailboxes with a folder. A mailbox gets its folder when it is first needed, so that a configuration with thousands of them costs
 * nothing at the first start.
 *
 *   shut (a glance in memory) ── somebody uses it: documents and index read, files looked at ──> open ── too many, nobody uses it ──> shut
 *
 * After a stop in good order all glances come from one file (summary-file.ts), and nothing else is read.
 */
export class Mailboxes implements MailboxDocuments {
  readonly #parts: MailboxesParts;
  readonly #context: MailboxContext;
  readonly #room: MailboxRoom;
  readonly #summary: SummaryFile;
  /** In the order in which they became known. */
  readonly #known = new Set<string>();
  /** Used last, last. */
  readonly #slots = new Map<string, Slot>();
  readonly #shut = new Map<string, MailboxGlance>();
  /** Known from the summary alone. */
  readonly #unverified = new Set<string>();
  #trimming = false;

  constructor(parts: MailboxesParts) {
    this.#parts = parts;
    this.#room = parts.room ?? standardRoom;
    this.#summary = new SummaryFile(parts.storage, () => this.pause());
    this.#context = { ...parts, storage: guardedStorage(parts.storage, () => this.#summary.removed()) };
  }

  /** Afterwards all mailboxes on the disk are known. Errors: HalError. */
  async open(): Promise<void> {
    const names = (await this.#parts.storage.list(mailboxesFolder)).filter(isMailboxNumber).sort();
    const summary = names.length <= this.#room.atStart ? null : await this.#summary.read();
    for (const number of names) {
      const glance = summary?.get(number);
      if (glance === undefined) continue;
      this.#known.add(number);
      this.#shut.set(number, glance);
      this.#unverified.add(number);
    }
    await inParallel(names.filter((number) => !this.#known.has(number)), openAtATime, (number) => this.use(number, () => undefined));
  }

  numbers(): readonly string[] {
    return [...this.#known];
  }

  isKnown(number: string): boolean {
    return this.#known.has(number);
  }

  /** Whether only the summary says what it holds. */
  isUnverified(number: string): boolean {
    return this.#unverified.has(number);
  }

  /** Opens, and at first makes, the mailbox; it stays open until `work` has ended. Errors: HalError; those of `work`. */
  async use<T>(number: string, work: (mailbox: Mailbox) => T | Promise<T>): Promise<T> {
    const slot = this.#slots.get(number) ?? { mailbox: null, opening: null, users: 0, uses: 0 };
    this.#slots.delete(number);
    this.#slots.set(number, slot);
    slot.users++;
    slot.uses++;
    try {
      return await work(slot.mailbox ?? (await this.#opened(number, slot)));
    } finally {
      slot.users--;
      if (slot.mailbox === null && slot.users === 0) this.#slots.delete(number);
      this.#trim();
    }
  }

  /** The same; null = there is no such mailbox, and none is made. */
  async useKnown<T>(number: string, work: (mailbox: Mailbox) => T | Promise<T>): Promise<T | null> {
    return this.#known.has(number) ? this.use(number, work) : null;
  }

  /** null = it is shut, or there is none. Not to be kept. */
  peek(number: string): Mailbox | null {
    return this.#slots.get(number)?.mailbox ?? null;
  }

  /** null = there is no such mailbox. */
  figures(number: string): MailboxFigures | null {
    return this.peek(number)?.index.figures ?? this.#shut.get(number)?.figures ?? null;
  }

  isFull(number: string): boolean {
    return this.peek(number)?.index.isFull ?? this.#shut.get(number)?.isFull ?? false;
  }

  /** For the mirror; null = it must be opened to tell. */
  knownSum(number: string): string | null {
    const mailbox = this.peek(number);
    return mailbox === null ? (this.#shut.get(number)?.sum ?? null) : mailbox.index.knownSum;
  }

  async mailboxDocument(number: string): Promise<MailboxDocument<MailboxState>> {
    await this.use(number, () => undefined);
    const state = (): MailboxState => (this.openedDocument(number) as Pick<Document<MailboxState>, 'state'>).state;
    return {
      get state() {
        return state();
      },
      change: (fn) => this.use(number, ({ document }) => document.change(fn)),
    };
  }

  openedDocument(number: string): Pick<Document<MailboxState>, 'state'> | null {
    const glance = this.#shut.get(number);
    return this.peek(number)?.document ?? (glance === undefined ? null : { state: ownerOf(glance) });
  }

  async choicesDocument(number: string): Promise<MailboxDocument<MailboxChoices>> {
    await this.use(number, () => undefined);
    const state = (): MailboxChoices => (this.openedChoices(number) as Pick<Document<MailboxChoices>, 'state'>).state;
    return {
      get state() {
        return state();
      },
      change: (fn) => this.use(number, ({ choices }) => choices.change(fn)),
    };
  }

  openedChoices(number: string): Pick<Document<MailboxChoices>, 'state'> | null {
    const glance = this.#shut.get(number);
    return this.peek(number)?.choices ?? (glance === undefined ? null : { state: choicesOf(glance) });
  }

  /** Lets the loop turn. */
  pause(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after('store-pause', 0, resolve));
  }

  /** Looks whether the files that the summary vouched for are as they were then; a mailbox whose are not is opened. Never throws. */
  async verify(): Promise<void> {
    await inParallel([...this.#unverified], verifiedAtATime, async (number) => {
      const glance = this.#shut.get(number);
      if (glance === undefined || !this.#unverified.has(number)) return;
      try {
        if ((await stampOf(this.#parts.storage, number)) !== glance.stamp) await this.useKnown(number, () => undefined);
        this.#unverified.delete(number);
      } catch (error) {
        if (!(error instanceof HalError)) throw error;
        this.#parts.log.write('error', 'mailbox-unverified', `A mailbox could not be looked at: ${error.message}`, { mailbox: number });
      }
    });
  }

  /** Everything is durable; what is known of the mailboxes is left for the next start. Without it that one looks for itself. Never throws. */
  async close(): Promise<void> {
    for (const { mailbox } of this.#slots.values()) await mailbox?.idle();
    // Whoever still changes something has not been waited for.
    const isBusy = [...this.#slots.values()].some(({ users }) => users > 0);
    if (isBusy || this.#known.size <= this.#room.atStart) return;
    try {
      await this.#summary.write(() => this.#glances());
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      this.#parts.log.write('warning', 'summary-not-written', `The next start has to look at all mailboxes: ${error.message}`);
    }
  }

  /** As they are now; those of open mailboxes need their stamps. */
  async #glances(): Promise<Glances> {
    const open = [...this.#slots].flatMap(([number, { mailbox }]) => (mailbox === null || !mailbox.isSettled ? [] : [{ number, glance: glanceOf(mailbox) }]));
    const shut = [...this.#shut].filter(([, { stamp }]) => stamp !== null);
    const stamped: [string, MailboxGlance][] = [];
    await inParallel(open, openAtATime, async ({ number, glance }) => void stamped.push([number, { ...glance, stamp: await stampOf(this.#parts.storage, number) }]));
    return new Map([...shut, ...stamped]);
  }

  #opened(number: string, slot: Slot): Promise<Mailbox> {
    slot.opening ??= this.#open(number, slot).finally(() => (slot.opening = null));
    return slot.opening;
  }

  async #open(number: string, slot: Slot): Promise<Mailbox> {
    const { mailbox, report } = await Mailbox.open(this.#context, number);
    const before = this.#shut.get(number);
    slot.mailbox = mailbox;
    this.#known.add(number);
    this.#shut.delete(number);
    this.#unverified.delete(number);
    this.#parts.opened(number, report);
    if (before !== undefined && !isSame(before, mailbox)) this.#parts.differs(number);
    return mailbox;
  }

  #isOver(): boolean {
    let messages = 0;
    for (const { mailbox } of this.#slots.values()) messages += mailbox?.index.size ?? 0;
    return this.#slots.size > this.#room.mailboxes || messages > this.#room.messages;
  }

  #trim(): void {
    if (this.#trimming || !this.#isOver()) return;
    this.#trimming = true;
    void this.#shutSome().finally(() => (this.#trimming = false));
  }

  async #shutSome(): Promise<void> {
    for (const [number, slot] of [...this.#slots]) {
      if (!this.#isOver()) return;
      if (slot.users === 0 && slot.mailbox !== null) await this.#shutOne(number, slot, slot.mailbox);
    }
  }

  /** Unless somebody comes to use it meanwhile. One whose documents could not be saved stays: memory alone has what they say. */
  async #shutOne(number: string, slot: Slot, mailbox: Mailbox): Promise<void> {
    const { uses } = slot;
    await mailbox.idle();
    const stamp = mailbox.isSettled ? await stampOf(this.#parts.storage, number).catch(() => null) : null;
    if (slot.uses !== uses || slot.users > 0 || !(await mailbox.trySave()) || slot.uses !== uses) return;
    this.#shut.set(number, { ...glanceOf(mailbox), stamp });
    this.#slots.delete(number);
  }
}

const isSame = (before: MailboxGlance, mailbox: Mailbox): boolean => {
  const now = glanceOf(mailbox);
  return JSON.stringify([before.figures, before.owner, before.choices]) === JSON.stringify([now.figures, now.owner, now.choices]);
};

import type { Mailbox } from './mailbox.ts';

export interface PoolParts {
  /** Beyond either limit those that were used least lately leave, when nobody uses them. */
  readonly room: () => { readonly mailboxes: number; readonly messages: number };
  /** `opened` is called as soon as it is in memory. Errors: HalError. */
  readonly open: (number: string) => Promise<{ readonly mailbox: Mailbox; readonly opened: () => void }>;
  /** Makes it ready to leave memory: what to do when it does, unless somebody came to use it meanwhile; null = it has to stay. Never rejects. */
  readonly leaving: (number: string, mailbox: Mailbox) => Promise<(() => void) | null>;
}

interface Slot {
  mailbox: Mailbox | null;
  opening: Promise<Mailbox> | null;
  /** Who use it now. */
  users: number;
  /** Who ever used it. */
  uses: number;
}

/** The mailboxes that are in memory. None is there twice, and none leaves while somebody uses it. */
export class MailboxPool {
  readonly #parts: PoolParts;
  /** Used last, last. */
  readonly #slots = new Map<string, Slot>();
  #trimming = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
  }

  /** The mailbox is in memory until `work` has ended. Errors: HalError; those of `work`. */
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

  /** null = it is not there. Not to be kept. */
  peek(number: string): Mailbox | null {
    return this.#slots.get(number)?.mailbox ?? null;
  }

  /** Those that are there now. */
  entries(): (readonly [number: string, mailbox: Mailbox])[] {
    return [...this.#slots].flatMap(([number, { mailbox }]) => (mailbox === null ? [] : [[number, mailbox] as const]));
  }

  get isInUse(): boolean {
    return [...this.#slots.values()].some(({ users }) => users > 0);
  }

  #opened(number: string, slot: Slot): Promise<Mailbox> {
    slot.opening ??= this.#open(number, slot).finally(() => (slot.opening = null));
    return slot.opening;
  }

  async #open(number: string, slot: Slot): Promise<Mailbox> {
    const { mailbox, opened } = await this.#parts.open(number);
    slot.mailbox = mailbox;
    opened();
    return mailbox;
  }

  #isOver(): boolean {
    const { mailboxes, messages } = this.#parts.room();
    let held = 0;
    for (const { mailbox } of this.#slots.values()) held += mailbox?.index.size ?? 0;
    return this.#slots.size > mailboxes || held > messages;
  }

  #trim(): void {
    if (this.#trimming || !this.#isOver()) return;
    this.#trimming = true;
    void this.#shutSome().finally(() => (this.#trimming = false));
  }

  async #shutSome(): Promise<void> {
    for (const [number, slot] of [...this.#slots]) {
      if (!this.#isOver()) return;
      if (slot.users === 0 && slot.mailbox !== null) await this.#shut(number, slot, slot.mailbox);
    }
  }

  async #shut(number: string, slot: Slot, mailbox: Mailbox): Promise<void> {
    const { uses } = slot;
    const leave = await this.#parts.leaving(number, mailbox);
    if (leave === null || slot.uses !== uses) return;
    leave();
    this.#slots.delete(number);
  }
}

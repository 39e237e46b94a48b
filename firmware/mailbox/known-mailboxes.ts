import { MailboxGlance } from './mailbox-glance.ts';

/** Which mailboxes there are, and what is known of those that are shut. */
export class KnownMailboxes {
  /** In the order in which they became known; null = it is open. Packed: a store of thousands has nothing else of most of them in memory. */
  readonly #packed = new Map<string, string | null>();

  get size(): number {
    return this.#packed.size;
  }

  has(number: string): boolean {
    return this.#packed.has(number);
  }

  numbers(): readonly string[] {
    return [...this.#packed.keys()];
  }

  /** null = it is open, or there is none. */
  glance(number: string): MailboxGlance | null {
    const packed = this.#packed.get(number) ?? null;
    return packed === null ? null : new MailboxGlance(packed);
  }

  /** `packed`: a glance's. */
  shut(number: string, packed: string): void {
    this.#packed.set(number, packed);
  }

  opened(number: string): void {
    this.#packed.set(number, null);
  }

  /** Those that are shut. */
  *glances(): Generator<readonly [number: string, glance: MailboxGlance]> {
    for (const [number, packed] of this.#packed) if (packed !== null) yield [number, new MailboxGlance(packed)];
  }
}

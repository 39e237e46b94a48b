import { createHash } from 'node:crypto';
import { HalError } from '../../hal/errors.ts';
import { crc32c } from './crc32c.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { Entry } from './message-index.ts';
import type { MessageState } from './message.ts';
import type { StateVersion, VersionedState } from './state-version.ts';
import type { StoreProbe } from './store-probe.ts';
import type { Tombstones } from './tombstones.ts';

export interface MirrorStoreParts {
  readonly mailboxes: Mailboxes;
  readonly tombstones: Tombstones;
  readonly probe: StoreProbe;
  readonly changed: (mailbox: string) => void;
}

/** A message as its unit lists it. */
export interface Listed {
  readonly id: string;
  readonly state: MessageState;
  readonly version: StateVersion;
  readonly interrupted: boolean;
  /** Of audio that counts. */
  readonly bytes: number;
}

/** What is known of an id: it is here, it was purged here, or nothing (null). */
export type Standing = ({ readonly kind: 'listed' } & Listed) | { readonly kind: 'purged'; readonly id: string; readonly version: StateVersion };

/** All mailboxes lie on so many shelves, by the sum of their number, so that two stores find what differs without telling each other everything. */
export const shelves = 64;

export const shelfOf = (mailbox: string): number => crc32c(new TextEncoder().encode(mailbox)) % shelves;

/** What a store shows to its mirror on the partner, and what it takes from there but the logs (message-transfer.ts). */
export class MessageMirror {
  /** A message has come, changed or gone here. */
  touched: ((mailbox: string, id: string) => void) | null = null;
  readonly #parts: MirrorStoreParts;

  constructor(parts: MirrorStoreParts) {
    this.#parts = parts;
  }

  /** Messages here. */
  get messages(): number {
    const { mailboxes } = this.#parts;
    return mailboxes.numbers().reduce((sum, number) => sum + (mailboxes.figures(number)?.messages ?? 0), 0);
  }

  /** Mailboxes of a shelf that hold messages, in order, each with the sum of what it holds; null = it cannot be read now. */
  async shelf(shelf: number): Promise<(readonly [mailbox: string, sum: string | null])[]> {
    const { mailboxes } = this.#parts;
    const found: (readonly [string, string | null])[] = [];
    for (const number of mailboxes.numbers().filter((one) => shelfOf(one) === shelf)) {
      const sum = (mailboxes.figures(number)?.messages ?? 0) > 0 ? await this.#sum(number) : '';
      if (sum !== '') found.push([number, sum]);
    }
    return found.sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** null = something of it cannot be read now. */
  async sumOfShelf(shelf: number): Promise<string | null> {
    const sums = await this.shelf(shelf);
    return sums.some(([, sum]) => sum === null) ? null : hashOf(sums.flat().map(String));
  }

  /** At most `limit` with ids above `after`, in order. Errors: HalError. */
  async list(mailbox: string, after: string, limit: number): Promise<Listed[]> {
    const found = await this.#parts.mailboxes.useKnown(mailbox, ({ index }) => index.entries().filter(({ message }) => message.id > after).slice(0, limit).map(listed));
    return found ?? [];
  }

  /** In the order asked; null = nothing is known. What is here counts, whatever was once noted about it. Errors: HalError. */
  async standings(mailbox: string, ids: readonly string[]): Promise<(Standing | null)[]> {
    const { mailboxes, tombstones } = this.#parts;
    const found = await mailboxes.useKnown(mailbox, async ({ index }) => {
      const missing = ids.filter((id) => !index.has(id));
      const purged = missing.length === 0 ? new Map<string, StateVersion>() : await tombstones.find(mailbox, missing);
      return ids.map((id): Standing | null => {
        const entry = index.entry(id);
        if (entry !== null) return { kind: 'listed', ...listed(entry) };
        const version = purged.get(id);
        return version === undefined ? null : { kind: 'purged', id, version };
      });
    });
    return found ?? ids.map(() => null);
  }

  /** Makes of the state what `next` says when the change has its turn. Resolves when durable. Errors: HalError. */
  async adopt(mailbox: string, id: string, next: (now: VersionedState) => VersionedState): Promise<void> {
    if (await this.#blaming(() => this.#parts.mailboxes.useKnown(mailbox, (found) => found.adopt(id, next)))) this.#parts.changed(mailbox);
  }

  /** What the partner has purged, in knowledge of the state here. Resolves when durable. Errors: HalError. */
  async purge(mailbox: string, id: string, version: StateVersion): Promise<void> {
    if (await this.#blaming(() => this.#parts.mailboxes.useKnown(mailbox, (found) => found.purgeAs(id, version)))) this.#parts.changed(mailbox);
  }

  /** What a mailbox that is shut told last needs no look at the disk; '' = it holds nothing; null = it cannot be read now. */
  async #sum(number: string): Promise<string | null> {
    const { mailboxes } = this.#parts;
    try {
      return mailboxes.knownSum(number) ?? (await mailboxes.useKnown(number, ({ index }) => (index.size === 0 ? '' : index.sum(sumOf)))) ?? '';
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      return null;
    }
  }

  async #blaming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#parts.probe.blame(error);
      throw error;
    }
  }
}

const listed = ({ message: { id, state, interrupted, bytes }, version }: Entry): Listed => ({ id, state, version, interrupted, bytes });

const sumOf = (entries: readonly Entry[]): string => hashOf(entries.map(listed).flatMap(({ id, state, version, interrupted, bytes }) => [id, state, version, interrupted, bytes]));

/** 64 bits: among a million mailboxes that differ one goes unnoticed with probability 1 in 10^13. */
const hashOf = (what: readonly (string | number | boolean)[]): string => createHash('sha256').update(what.join(' ')).digest('hex').slice(0, 16);

import type { Mailbox } from './mailbox.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import { noChoices } from './mailbox-choices.ts';
import type { MailboxFigures, Taken } from './mailbox-figures.ts';
import type { MailboxState } from './mailbox-state.ts';
import { newMailboxState } from './mailbox-state.ts';
import type { MailboxCounts } from './message-store.ts';
import { isSameJson } from './same-json.ts';

/** What is seldom asked for. */
interface Rest extends Pick<MailboxFigures, 'oldestId' | 'newestId' | 'newestNewId' | 'sinceMs'> {
  readonly sum: string | null;
}

/** As it is written. The last three are JSON; an owner that is a fresh one, and choices that are none, are null. */
export type GlanceLine = readonly [counts: MailboxCounts, messages: number, bytes: number, taken: readonly Taken[], isFull: boolean, stamp: number | null, owner: string | null, choices: string | null, rest: string];

const freshOwner = JSON.stringify(newMailboxState());
const freshChoices = JSON.stringify(noChoices());
const noneTaken: readonly Taken[] = [];

/** What stays in memory of a mailbox that is shut: about half a kilobyte, whatever it holds; most of it is text, made into objects when it is asked for. Nothing in it ever changes. */
export class MailboxGlance implements MailboxFigures {
  readonly counts: MailboxCounts;
  readonly messages: number;
  readonly bytes: number;
  readonly taken: readonly Taken[];
  /** Its index takes no more messages. */
  readonly isFull: boolean;
  /** Of its files; null = they are not vouched for, and are looked at anew at the next start. */
  readonly stamp: number | null;
  readonly #owner: string | null;
  readonly #choices: string | null;
  readonly #rest: string;

  constructor([counts, messages, bytes, taken, isFull, stamp, owner, choices, rest]: GlanceLine) {
    this.counts = counts;
    this.messages = messages;
    this.bytes = bytes;
    this.taken = taken.length === 0 ? noneTaken : taken;
    this.isFull = isFull;
    this.stamp = stamp;
    this.#owner = owner;
    this.#choices = choices;
    this.#rest = rest;
  }

  static of({ index, document, choices }: Mailbox, stamp: number | null): MailboxGlance {
    const [owner, chosen] = [JSON.stringify(document.state), JSON.stringify(choices.state)];
    const { counts, messages, bytes, taken, oldestId, newestId, newestNewId, sinceMs } = index.figures;
    const rest: Rest = { oldestId, newestId, newestNewId, sinceMs, sum: index.knownSum };
    return new MailboxGlance([counts, messages, bytes, taken, index.isFull, stamp, owner === freshOwner ? null : owner, chosen === freshChoices ? null : chosen, JSON.stringify(rest)]);
  }

  get oldestId(): string | null {
    return this.#read().oldestId;
  }

  get newestId(): string | null {
    return this.#read().newestId;
  }

  get newestNewId(): string | null {
    return this.#read().newestNewId;
  }

  get sinceMs(): readonly (number | null)[] {
    return this.#read().sinceMs;
  }

  /** For the mirror; null = nobody has asked for it since a row changed. */
  get sum(): string | null {
    return this.#read().sum;
  }

  /** A copy. */
  get owner(): MailboxState {
    return this.#owner === null ? newMailboxState() : (JSON.parse(this.#owner) as MailboxState);
  }

  /** A copy. */
  get choices(): MailboxChoices {
    return this.#choices === null ? noChoices() : (JSON.parse(this.#choices) as MailboxChoices);
  }

  get line(): GlanceLine {
    return [this.counts, this.messages, this.bytes, this.taken, this.isFull, this.stamp, this.#owner, this.#choices, this.#rest];
  }

  /** Of the same files, as it is now. */
  stamped(stamp: number): MailboxGlance {
    const [counts, messages, bytes, taken, isFull, , ...texts] = this.line;
    return new MailboxGlance([counts, messages, bytes, taken, isFull, stamp, ...texts]);
  }

  /** Whether another says the same of messages and documents. */
  says(other: MailboxGlance): boolean {
    const told = ({ counts, messages, bytes, taken, newestId, sinceMs }: MailboxGlance): unknown => [counts, messages, bytes, taken, newestId, sinceMs];
    return this.saysOfOwner(other) && isSameJson(told(this), told(other));
  }

  /** Whether another says the same of documents. */
  saysOfOwner(other: MailboxGlance): boolean {
    return isSameJson([this.owner, this.choices], [other.owner, other.choices]);
  }

  #read(): Rest {
    return JSON.parse(this.#rest) as Rest;
  }
}

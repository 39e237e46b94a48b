import type { Mailbox } from './mailbox.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import { noChoices } from './mailbox-choices.ts';
import type { MailboxFigures, Taken } from './mailbox-figures.ts';
import type { MailboxState } from './mailbox-state.ts';
import { newMailboxState } from './mailbox-state.ts';
import type { MailboxCounts } from './message-store.ts';
import { PackedReader, PackedWriter } from './packed-values.ts';
import { isSameJson } from './same-json.ts';

/** What it is made of. An owner that is a fresh one, and choices that are none, are null; both are JSON. */
interface Told extends MailboxFigures {
  readonly isFull: boolean;
  readonly stamp: number | null;
  readonly sum: string | null;
  readonly ownerText: string | null;
  readonly choicesText: string | null;
}

/** In the order in which they are packed. */
const textNames = ['oldestId', 'newestId', 'newestNewId', 'sum', 'owner', 'choices', 'taken'] as const;
type TextName = (typeof textNames)[number];

const seldomCounts = ['unopened', 'urgentNew', 'urgentOld'] as const;

const freshOwner = JSON.stringify(newMailboxState());
const freshChoices = JSON.stringify(noChoices());
const noneTaken: readonly Taken[] = [];

/**
 * What stays in memory of a mailbox that is shut, whatever it holds: some 200 octets, as one string (`packed`), of which this makes figures for as long as
 * somebody looks at them. Nothing in it ever changes.
 */
export class MailboxGlance implements MailboxFigures {
  readonly packed: string;
  readonly counts: MailboxCounts;
  readonly messages: number;
  readonly bytes: number;
  readonly sinceMs: readonly (number | null)[];
  /** Its index takes no more messages. */
  readonly isFull: boolean;
  /** Of its files; null = they are not vouched for, and are looked at anew at the next start. */
  readonly stamp: number | null;
  readonly #textsAt: number;

  constructor(packed: string) {
    const reader = new PackedReader(packed);
    this.packed = packed;
    this.counts = readCounts(reader);
    this.messages = reader.number() ?? 0;
    this.bytes = reader.number() ?? 0;
    this.isFull = reader.number() === 1;
    this.stamp = reader.number();
    this.sinceMs = [reader.number(), reader.number(), reader.number(), reader.number(), reader.number()];
    this.#textsAt = reader.at;
  }

  static of({ index, document, choices }: Mailbox, stamp: number | null): MailboxGlance {
    const [owner, chosen] = [JSON.stringify(document.state), JSON.stringify(choices.state)];
    return packed({ ...index.figures, isFull: index.isFull, stamp, sum: index.knownSum, ownerText: owner === freshOwner ? null : owner, choicesText: chosen === freshChoices ? null : chosen });
  }

  get oldestId(): string | null {
    return this.#text('oldestId');
  }

  get newestId(): string | null {
    return this.#text('newestId');
  }

  get newestNewId(): string | null {
    return this.#text('newestNewId');
  }

  /** For the mirror; null = nobody has asked for it since a row changed. */
  get sum(): string | null {
    return this.#text('sum');
  }

  get taken(): readonly Taken[] {
    const text = this.#text('taken');
    return text === null ? noneTaken : (JSON.parse(text) as Taken[]);
  }

  /** A copy. */
  get owner(): MailboxState {
    const text = this.#text('owner');
    return text === null ? newMailboxState() : (JSON.parse(text) as MailboxState);
  }

  /** A copy. */
  get choices(): MailboxChoices {
    const text = this.#text('choices');
    return text === null ? noChoices() : (JSON.parse(text) as MailboxChoices);
  }

  /** Of the same files, as it is now. */
  stamped(stamp: number): MailboxGlance {
    const { counts, messages, bytes, taken, oldestId, newestId, newestNewId, sinceMs, isFull, sum } = this;
    return packed({ counts, messages, bytes, taken, oldestId, newestId, newestNewId, sinceMs, isFull, stamp, sum, ownerText: this.#text('owner'), choicesText: this.#text('choices') });
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

  #text(name: TextName): string | null {
    const reader = new PackedReader(this.packed, this.#textsAt);
    for (let left = textNames.indexOf(name); left > 0; left--) reader.skipText();
    return reader.text();
  }
}

function readCounts(reader: PackedReader): MailboxCounts {
  const counts: { -readonly [Name in keyof MailboxCounts]: MailboxCounts[Name] } = { new: reader.number() ?? 0, old: reader.number() ?? 0, saved: reader.number() ?? 0, deleted: reader.number() ?? 0, usedMs: reader.number() ?? 0 };
  for (const name of seldomCounts) {
    const count = reader.number();
    if (count !== null) counts[name] = count;
  }
  return counts;
}

function packed({ counts, messages, bytes, taken, oldestId, newestId, newestNewId, sinceMs, isFull, stamp, sum, ownerText, choicesText }: Told): MailboxGlance {
  const writer = new PackedWriter();
  const { new: fresh, old, saved, deleted, usedMs } = counts;
  for (const value of [fresh, old, saved, deleted, usedMs, ...seldomCounts.map((name) => counts[name] ?? null), messages, bytes, isFull ? 1 : 0, stamp, ...sinceMs]) writer.number(value);
  const texts: Readonly<Record<TextName, string | null>> = { oldestId, newestId, newestNewId, sum, owner: ownerText, choices: choicesText, taken: taken.length === 0 ? null : JSON.stringify(taken) };
  for (const name of textNames) writer.text(texts[name]);
  return new MailboxGlance(writer.whole());
}

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { mailboxPattern } from '../../mailbox/recording.ts';
import type { NotifyChoices } from '../../notify/notify-record.ts';
import { choicesSchema, noChoices } from '../../notify/notify-record.ts';
import type { NotifyRecords } from '../../notify/notify-records.ts';
import type { Chunks } from '../blob-store.ts';
import { canonicalBytes } from '../canonical-json.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Prepared, SiteSource } from '../site-source.ts';
import { gathered, oneChunk } from '../site-source.ts';

const mostBytes = 4096;
const schema = v.strictObject({ form: v.literal(1), ...choicesSchema.entries });

export const notifyName = (mailbox: string): string => `notify/${mailbox}`;

/** What owners have chosen about mail and calls: `notify/<mailbox>`. What was told is each unit's own. */
export class NotifySource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly #records: NotifyRecords;

  constructor(records: NotifyRecords) {
    this.#records = records;
    records.changed = (mailbox) => this.changed?.(notifyName(mailbox));
  }

  owns(name: string): boolean {
    return mailboxOf(name) !== null;
  }

  names(): readonly string[] {
    return this.#records.chosen().map(notifyName);
  }

  async is(name: string, value: Value): Promise<boolean> {
    const bytes = this.#bytes(name);
    return bytes !== null && createHash('sha256').update(bytes).digest('hex') === value.sha256;
  }

  read(name: string): Chunks | null {
    const bytes = this.#bytes(name);
    return bytes === null ? null : oneChunk(bytes);
  }

  async prepare(name: string, content: Chunks | null): Promise<Prepared> {
    const mailbox = mailboxOf(name);
    if (mailbox === null) throw new SiteError('malformed', `${name} names no mailbox`);
    const choices = content === null ? noChoices : decoded(name, await gathered(content, mostBytes));
    return { commit: () => this.#records.choose(mailbox, choices), discard: async () => undefined };
  }

  #bytes(name: string): Uint8Array | null {
    const mailbox = mailboxOf(name);
    if (mailbox === null || !this.#records.chosen().includes(mailbox)) return null;
    return canonicalBytes({ form: 1, ...this.#records.choices(mailbox) });
  }
}

function mailboxOf(name: string): string | null {
  const [area, mailbox = '', ...more] = name.split('/');
  return area === 'notify' && mailboxPattern.test(mailbox) && more.length === 0 ? mailbox : null;
}

function decoded(name: string, bytes: Buffer | null): NotifyChoices {
  try {
    const { form: _, ...choices } = v.parse(schema, JSON.parse(String(bytes)));
    return choices;
  } catch {
    throw new SiteError('malformed', `the content of ${name} is not what an owner may choose`);
  }
}

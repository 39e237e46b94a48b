import { createHash } from 'node:crypto';
import { mailboxPattern } from '../../mailbox/recording.ts';
import type { Chunks } from '../blob-store.ts';
import { canonicalBytes } from '../canonical-json.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Prepared, SiteSource } from '../site-source.ts';
import { gathered, oneChunk } from '../site-source.ts';

/** Something of each mailbox that is JSON: choices of its owner, distribution lists. */
export interface MailboxRecords<T> {
  /** Mailboxes that have one, configured or not. */
  numbers(): readonly string[];
  /** null = it has none. */
  record(mailbox: string): T | null;
  /** null = it is to have none. Durable when resolved. Errors: HalError. */
  take(mailbox: string, record: T | null): Promise<void>;
  /** Throws on anything else than a T. */
  check(found: unknown): T;
}

export interface MailboxContent {
  readonly mostBytes: number;
  /** The keys of the record stand beside `form`: { form: 1, ...record }, not { form: 1, record }. Both are forms that units exchange, so neither may change. */
  readonly flat: boolean;
}

/** As large as a document. */
const usualContent: MailboxContent = { mostBytes: 100 * 1024, flat: false };

/** `<area>/<mailbox>`. */
export class MailboxSource<T extends object> implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly #area: string;
  readonly #records: MailboxRecords<T>;
  readonly #content: MailboxContent;

  constructor(area: string, records: MailboxRecords<T>, content: MailboxContent = usualContent) {
    this.#area = `${area}/`;
    this.#records = records;
    this.#content = content;
  }

  /** The record of this mailbox is another now. */
  mailboxChanged(mailbox: string): void {
    this.changed?.(this.#area + mailbox);
  }

  owns(name: string): boolean {
    return this.#mailbox(name) !== null;
  }

  names(): readonly string[] {
    return this.#records.numbers().map((mailbox) => this.#area + mailbox);
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
    const mailbox = this.#mailbox(name);
    if (mailbox === null) throw new SiteError('malformed', `${name} names no mailbox`);
    const record = content === null ? null : this.#checked(name, await gathered(content, this.#content.mostBytes));
    return { commit: () => this.#records.take(mailbox, record), discard: async () => undefined };
  }

  #bytes(name: string): Uint8Array | null {
    const mailbox = this.#mailbox(name);
    const record = mailbox === null ? null : this.#records.record(mailbox);
    if (record === null) return null;
    return canonicalBytes(this.#content.flat ? { form: 1, ...record } : { form: 1, record });
  }

  #mailbox(name: string): string | null {
    const mailbox = name.startsWith(this.#area) ? name.slice(this.#area.length) : '';
    return mailboxPattern.test(mailbox) ? mailbox : null;
  }

  #checked(name: string, bytes: Buffer | null): T {
    try {
      const { form, ...rest } = JSON.parse(String(bytes)) as { readonly form?: unknown; readonly record?: unknown };
      if (form !== 1) throw new SiteError('malformed', name);
      return this.#records.check(this.#content.flat ? rest : rest.record);
    } catch {
      throw new SiteError('malformed', `the content of ${name} is not of its kind`);
    }
  }
}

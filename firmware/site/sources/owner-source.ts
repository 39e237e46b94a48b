import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { OwnerDocuments } from '../../mailbox/owner-documents.ts';
import type { OwnerRecord } from '../../mailbox/owner/owner-record.ts';
import { freshOwner } from '../../mailbox/owner/owner-record.ts';
import { mailboxPattern } from '../../mailbox/recording.ts';
import type { Chunks } from '../blob-store.ts';
import { canonicalBytes } from '../canonical-json.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Prepared, SiteSource } from '../site-source.ts';
import { gathered, oneChunk } from '../site-source.ts';

const maxRecordBytes = 4096;
const base64 = v.pipe(v.string(), v.maxLength(256), v.regex(/^[A-Za-z0-9+/]*=*$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const recordSchema = v.strictObject({
  form: v.literal(1),
  /** The cost bounds what a log-in takes in memory: 2^17 is 128 MiB (owner/pin-hasher.ts). */
  pin: v.nullable(v.strictObject({ salt: base64, hash: base64, cost: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(2 ** 17)) })),
  wrongTries: count,
  lockedUntilMs: v.pipe(v.number(), v.finite()),
  locks: count,
});

export const ownerName = (mailbox: string): string => `owner/${mailbox}`;

/** PIN hashes, counted tries and locks: `owner/<mailbox>`. They travel, so that a mailbox that is locked on one unit is locked on both. */
export class OwnerSource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly #owners: OwnerDocuments;

  constructor(owners: OwnerDocuments) {
    this.#owners = owners;
    owners.changed = (mailbox) => this.changed?.(ownerName(mailbox));
  }

  owns(name: string): boolean {
    return mailboxOf(name) !== null;
  }

  names(): readonly string[] {
    return this.#owners.stored().map(ownerName);
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
    if (mailbox === null) throw new SiteError('malformed', `${name} names no owner`);
    const record = content === null ? freshOwner : decoded(name, await gathered(content, maxRecordBytes));
    return { commit: () => this.#owners.change(mailbox, () => record), discard: async () => undefined };
  }

  #bytes(name: string): Uint8Array | null {
    const mailbox = mailboxOf(name);
    const record = mailbox === null ? null : this.#owners.storedRecord(mailbox);
    return record === null ? null : canonicalBytes({ form: 1, ...record });
  }
}

function mailboxOf(name: string): string | null {
  const [area, mailbox = '', ...more] = name.split('/');
  return area === 'owner' && mailboxPattern.test(mailbox) && more.length === 0 ? mailbox : null;
}

function decoded(name: string, bytes: Buffer | null): OwnerRecord {
  try {
    const { form: _, ...record } = v.parse(recordSchema, JSON.parse(String(bytes)));
    return record;
  } catch {
    throw new SiteError('malformed', `the content of ${name} is no owner's record`);
  }
}

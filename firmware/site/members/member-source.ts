import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Chunks } from '../blob-store.ts';
import { canonicalBytes } from '../canonical-json.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Prepared, SiteSource } from '../site-source.ts';
import { gathered, oneChunk } from '../site-source.ts';
import type { Member } from './member.ts';
import { memberName, memberNamePattern, memberSchema } from './member.ts';
import type { MemberStore } from './member-store.ts';

const maxMemberBytes = 4096;
const contentSchema = v.strictObject({ form: v.literal(1), member: memberSchema });

/** The units of the site: `member/<half of the fingerprint>`. So a unit that joined one of them is known to all, and one that was removed to none. */
export class MemberSource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly #store: MemberStore;

  constructor(store: MemberStore) {
    this.#store = store;
    store.changed = (name) => this.changed?.(name);
  }

  owns(name: string): boolean {
    return memberNamePattern.test(name);
  }

  names(): readonly string[] {
    return this.#store.members.map(({ fingerprint }) => memberName(fingerprint));
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
    const discard = async (): Promise<void> => undefined;
    if (content === null) return { commit: () => this.#store.remove(name), discard };
    const member = decoded(name, await gathered(content, maxMemberBytes));
    return { commit: () => this.#store.put(member), discard };
  }

  #bytes(name: string): Uint8Array | null {
    const member = this.#store.named(name);
    return member === null ? null : canonicalBytes({ form: 1, member });
  }
}

function decoded(name: string, bytes: Buffer | null): Member {
  try {
    const { member } = v.parse(contentSchema, JSON.parse(String(bytes)));
    if (memberName(member.fingerprint) !== name) throw new TypeError('another unit');
    return member;
  } catch {
    throw new SiteError('malformed', `the content of ${name} names no unit`);
  }
}

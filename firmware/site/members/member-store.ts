import type { KeyObject } from 'node:crypto';
import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import type { Fingerprint } from '../../../hal/secure-stream.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import type { Document } from '../../mailbox/document.ts';
import { openDocument } from '../../mailbox/document.ts';
import { Folders } from '../../mailbox/folders.ts';
import { Serial } from '../../mailbox/serial.ts';
import type { FormerMember, Member } from './member.ts';
import { formerSchema, maxDistributed, maxFormer, memberName, memberSchema } from './member.ts';

const folder = 'site';
const path = `${folder}/members`;

const stateSchema = v.strictObject({
  form: v.literal(1),
  members: v.pipe(v.array(memberSchema), v.maxLength(maxDistributed + 8)),
  /** The oldest first. */
  former: v.pipe(v.array(formerSchema), v.maxLength(maxFormer)),
});
type State = v.InferOutput<typeof stateSchema>;

/**
 * The units of the site, durable on each of them. A unit that is removed is believed no more, but its certificate stays: manifests
 * that it signed are kept on the disks, and were checked when they came.
 */
export class MemberStore {
  /** After each durable change, with the name of the entry; never from inside a call that changes. */
  changed: ((name: string) => void) | null = null;
  readonly #document: Document<State>;
  readonly #serial = new Serial();
  readonly #listeners = new Set<() => void>();

  private constructor(document: Document<State>) {
    this.#document = document;
  }

  /** Errors: HalError read-only, io, no-space. */
  static async open(storage: Storage, log: Log): Promise<MemberStore> {
    await new Folders(storage).ensure(folder);
    return new MemberStore(await openDocument<State>(storage, path, { form: 1, members: [], former: [] }, (found) => v.parse(stateSchema, found), log));
  }

  get members(): readonly Member[] {
    return this.#document.state.members;
  }

  find(fingerprint: Fingerprint): Member | null {
    return this.members.find((member) => member.fingerprint === fingerprint) ?? null;
  }

  named(name: string): Member | null {
    return this.members.find((member) => memberName(member.fingerprint) === name) ?? null;
  }

  /** Whether one more distributed unit has room, or this one is a member already. */
  takes(fingerprint: Fingerprint): boolean {
    return this.find(fingerprint) !== null || this.members.filter(({ kind }) => kind === 'distributed').length < maxDistributed;
  }

  /** The certificate of a unit that is a member, or was one; null = never heard of. */
  certificate(fingerprint: Fingerprint): string | null {
    const { members, former } = this.#document.state;
    return [...members, ...former].find((one) => one.fingerprint === fingerprint)?.certificate ?? null;
  }

  /** Called after each change, until the returned function is. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when durable. Errors: HalError; then all is as before. */
  put(member: Member): Promise<void> {
    return this.#change(memberName(member.fingerprint), (state) => {
      const others = state.members.filter(({ fingerprint }) => fingerprint !== member.fingerprint);
      if (JSON.stringify(this.find(member.fingerprint)) === JSON.stringify(member)) return null;
      return { ...state, members: [...others, member], former: state.former.filter(({ fingerprint }) => fingerprint !== member.fingerprint) };
    });
  }

  /** It is believed no more. Errors: HalError; then all is as before. */
  remove(name: string): Promise<void> {
    return this.#change(name, (state) => {
      const gone = this.named(name);
      if (gone === null) return null;
      return { ...state, members: state.members.filter(({ fingerprint }) => fingerprint !== gone.fingerprint), former: remembered(state.former, gone) };
    });
  }

  /** Keeps the certificate of a unit that signed something and is no member. Errors: HalError; then all is as before. */
  remember(one: FormerMember): Promise<void> {
    return this.#change(null, (state) => (this.certificate(one.fingerprint) === null ? { ...state, former: remembered(state.former, one) } : null));
  }

  /** This unit belongs to no site any more. Errors: HalError; then all is as before. */
  forget(): Promise<void> {
    return this.#change(null, (state) => (state.members.length === 0 ? null : { ...state, members: [] }));
  }

  /** `next` null: nothing is to be done. `name`: of the entry that changes. */
  #change(name: string | null, next: (state: State) => State | null): Promise<void> {
    return this.#serial.run(async () => {
      const before = { ...this.#document.state };
      const after = next(before);
      if (after === null) return;
      try {
        await this.#document.change((state) => Object.assign(state, after));
      } catch (error) {
        Object.assign(this.#document.state, before);
        throw error;
      }
      void Promise.resolve().then(() => this.#tell(name));
    });
  }

  #tell(name: string | null): void {
    if (name !== null) this.changed?.(name);
    for (const listener of [...this.#listeners]) listener();
  }
}

function remembered(former: readonly FormerMember[], { fingerprint, certificate }: FormerMember): FormerMember[] {
  return [...former.filter((one) => one.fingerprint !== fingerprint), { fingerprint, certificate }].slice(-maxFormer);
}

/** null = no certificate with an ed25519 key. */
export function keyOfCertificate(base64: string | null): KeyObject | null {
  if (base64 === null) return null;
  try {
    const { publicKey } = new X509Certificate(Buffer.from(base64, 'base64'));
    return publicKey.asymmetricKeyType === 'ed25519' ? publicKey : null;
  } catch {
    return null;
  }
}

import * as v from 'valibot';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import type { Folders } from '../mailbox/folders.ts';
import { readWhole, writeDurably } from './durable-file.ts';
import { maxManifestBytes } from './manifest.ts';
import type { SignedManifest, SiteIdentity } from './signed-manifest.ts';
import { decodeSigned, encodeSigned } from './signed-manifest.ts';
import { SiteError } from './site-error.ts';

export const manifestFolder = 'site/manifests';
export const headPath = 'site/head';

/** Manifests kept whatever they changed: a partner that lacks only the last few gets the difference, not all. */
export const recentKept = 8;
/** How many half-applied versions are told apart from changes made by hand; all are among the recent ones. */
const leavingKept = recentKept - 1;
/** Beside them, those that changed more than owners (PINs change daily and cannot be rolled back). */
export const milestonesKept = 16;

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const keptSchema = v.strictObject({ hash, version: whole, author: v.string(), takenMs: v.number(), milestone: v.boolean() });
const headSchema = v.strictObject({
  form: v.literal(1),
  current: v.nullable(hash),
  /** All that `current` names is in force. */
  inForce: v.boolean(),
  /** While it is not: versions of which something may still be in force, oldest first. */
  leaving: v.pipe(v.array(hash), v.maxLength(leavingKept)),
  floor: whole,
  /** Oldest first; the current one is the last. */
  kept: v.array(keptSchema),
});

type HeadState = v.InferOutput<typeof headSchema>;
export type KeptManifest = Readonly<v.InferOutput<typeof keptSchema>>;

export interface HistoryOptions {
  readonly storage: Storage;
  readonly folders: Folders;
  readonly log: Log;
  readonly identity: SiteIdentity;
}

/**
 * The manifests of this unit: each a file under its hash (one of 2,000 mailboxes has about 1 MB, too much for a document), and a
 * small document that names the current one. Changing that document is the moment at which a version counts.
 */
export class SiteHistory {
  readonly #options: HistoryOptions;
  readonly #head: Document<HeadState>;

  private constructor(options: HistoryOptions, head: Document<HeadState>) {
    this.#options = options;
    this.#head = head;
  }

  /** Errors: HalError. */
  static async open(options: HistoryOptions): Promise<SiteHistory> {
    const { storage, folders, log } = options;
    await folders.ensure(manifestFolder);
    const blank: HeadState = { form: 1, current: null, inForce: true, leaving: [], floor: 0, kept: [] };
    const head = await openDocument(storage, headPath, blank, (found) => v.parse(headSchema, found), log);
    const history = new SiteHistory(options, head);
    if (head.origin === 'damaged') await history.#recover();
    return history;
  }

  get floor(): number {
    return this.#head.state.floor;
  }

  /** Newest first. */
  get kept(): readonly KeptManifest[] {
    return [...this.#head.state.kept].reverse();
  }

  get currentHash(): string | null {
    return this.#head.state.current;
  }

  get inForce(): boolean {
    return this.#head.state.inForce;
  }

  /** See HeadState. */
  get leaving(): readonly string[] {
    return this.#head.state.leaving;
  }

  /** null when it is not kept, or cannot be read any more. Errors: HalError other than io. */
  async manifest(hash: string): Promise<SignedManifest | null> {
    if (!this.#head.state.kept.some((one) => one.hash === hash)) return null;
    return this.#read(hash);
  }

  /** The newest that can be read, which is the current one unless the disk has lost it. Errors: HalError other than io. */
  async newest(): Promise<SignedManifest | null> {
    for (const { hash } of this.kept) {
      const found = await this.#read(hash);
      if (found !== null) return found;
      this.#options.log.write('alert', 'site-manifest-lost', 'A manifest of the site cannot be read; the one before it is used.', { hash });
    }
    return null;
  }

  /** Makes it the current one, durably. `inForce`: what it names is so already. Errors: HalError; then all is as before. */
  async take(signed: SignedManifest, facts: { readonly milestone: boolean; readonly inForce: boolean; readonly takenMs: number }): Promise<void> {
    const { manifest, hash } = signed;
    await writeDurably(this.#options.storage, `${manifestFolder}/${hash}`, encodeSigned(signed));
    const { current: before, inForce, leaving, kept } = this.#head.state;
    const next: HeadState = {
      form: 1,
      current: hash,
      inForce: inForce && facts.inForce,
      leaving: inForce && facts.inForce ? [] : [...leaving, ...(before === null ? [] : [before])].slice(-leavingKept),
      floor: Math.max(this.floor, manifest.floor),
      kept: prune([...kept.filter((one) => one.hash !== hash), { hash, version: manifest.version, author: manifest.author, takenMs: facts.takenMs, milestone: facts.milestone }]),
    };
    await this.#replace(next);
    const gone = kept.filter((one) => !next.kept.some((still) => still.hash === one.hash));
    // What cannot be removed now is by `clean`.
    for (const one of gone) await this.#options.storage.remove(`${manifestFolder}/${one.hash}`).catch(() => undefined);
  }

  /** All that the current version names is in force. Errors: HalError. */
  async arrived(): Promise<void> {
    if (!this.inForce) await this.#replace({ ...this.#head.state, inForce: true, leaving: [] });
  }

  /** Keeps none of them. Errors: HalError; then all is as before. */
  async forget(): Promise<void> {
    await this.#replace({ form: 1, current: null, inForce: true, leaving: [], floor: 0, kept: [] });
    await this.clean();
  }

  /** Removes the files of manifests that are not kept any more. Errors: HalError. */
  async clean(): Promise<void> {
    const { storage } = this.#options;
    const kept = new Set(this.#head.state.kept.map((one) => one.hash));
    for (const name of await storage.list(manifestFolder)) if (!kept.has(name)) await storage.remove(`${manifestFolder}/${name}`);
  }

  /** The document keeps a change in memory after a failed write; here memory must not run ahead of the disk. */
  async #replace(next: HeadState): Promise<void> {
    const before = { ...this.#head.state };
    try {
      await this.#head.change((state) => Object.assign(state, next));
    } catch (error) {
      Object.assign(this.#head.state, before);
      throw error;
    }
  }

  async #read(hash: string): Promise<SignedManifest | null> {
    try {
      const bytes = await readWhole(this.#options.storage, `${manifestFolder}/${hash}`, maxManifestBytes);
      const { identity } = this.#options;
      const signed = bytes === null ? null : decodeSigned(bytes, { ...identity, publicKey: identity.keptKey ?? identity.publicKey });
      return signed?.hash === hash ? signed : null;
    } catch (error) {
      if (error instanceof SiteError || (error instanceof HalError && error.id === 'io')) return null;
      throw error;
    }
  }

  /** The head was lost: what the folder holds says what was current. */
  async #recover(): Promise<void> {
    const { storage, log } = this.#options;
    const names = (await storage.list(manifestFolder)).filter((name) => v.is(hash, name));
    const found = (await Promise.all(names.map((name) => this.#read(name)))).filter((one) => one !== null);
    found.sort((one, other) => one.manifest.version - other.manifest.version);
    const kept = found.map(({ hash, manifest }) => ({ hash, version: manifest.version, author: manifest.author, takenMs: 0, milestone: true }));
    const last = found.at(-1);
    await this.#replace({ form: 1, current: last?.hash ?? null, inForce: last === undefined, leaving: [], floor: last?.manifest.floor ?? 0, kept: prune(kept) });
    log.write('alert', 'site-head-lost', 'Which version of the site is current was lost; the newest on the disk is taken.', { version: last?.manifest.version ?? 0 });
  }
}

/** Oldest first, as given. */
function prune(kept: readonly KeptManifest[]): KeptManifest[] {
  const recent = new Set(kept.slice(-recentKept));
  const milestones = new Set(kept.filter((one) => one.milestone).slice(-milestonesKept));
  return kept.filter((one) => recent.has(one) || milestones.has(one));
}

import type { Clock, Timer } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import { HalError } from '../../hal/errors.ts';
import type { Log } from '../log.ts';
import { Folders } from '../mailbox/folders.ts';
import { inParallel, Serial } from '../mailbox/serial.ts';
import { applyChanges } from './apply-changes.ts';
import { BlobStore } from './blob-store.ts';
import type { Content, Manifest, Value } from './manifest.ts';
import { valuesOf } from './manifest.ts';
import type { Authoring } from './merge.ts';
import { decide, edited, merged, settled } from './merge.ts';
import type { SignedManifest, SiteIdentity } from './signed-manifest.ts';
import { signManifest } from './signed-manifest.ts';
import { SiteError } from './site-error.ts';
import type { KeptManifest } from './site-history.ts';
import { SiteHistory } from './site-history.ts';
import type { SiteSource } from './site-source.ts';
import { surveyed } from './survey.ts';

export interface SiteStateOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: SiteIdentity;
  readonly sources: readonly SiteSource[];
  /** Epoch of the pair as this unit knows it, 1 or more. */
  readonly epoch: () => number;
  /** Free space kept for messages. */
  readonly reserveBytes: () => number;
}

/** Gets one content into the blob store; false = the other side does not have it. */
export type Fetch = (value: Value, blobs: BlobStore) => Promise<boolean>;

/** What became of a manifest that came: ours holds all of it, it holds all of ours, or both were joined. */
export type Received = 'kept' | 'adopted' | 'merged';

export interface Sibling {
  readonly name: string;
  readonly inForce: Value;
  readonly others: readonly Value[];
}

/** Changes that come so close together are one version. */
export const coalesceMs = 200;
/** What the disk refused is tried again after this. */
export const retryMs = 60_000;
/** Contents that nothing names any more stay for so long. */
export const collectMs = 600_000;
/** A manifest whose contents are found damaged again and again is given up for now. */
const maxRounds = 8;
const fetchAtATime = 4;

/**
 * The site's state on this unit: a signed manifest, the contents it names, and the sources that hold them in the product.
 *
 *   a change here   source ── 200 ms ──> blobs ── manifest n+1 ── head
 *   from elsewhere  manifest ── missing blobs fetched ── prepared by the sources ── head ── in force, one by one ── 'arrived'
 *
 * The head is the point of no return: before it a power cut leaves the old version, after it the next start puts the rest in force
 * before anybody is served.
 */
export class SiteState {
  /** Told whenever another version has become the current one; never from inside a call. */
  changed: (() => void) | null = null;
  readonly blobs: BlobStore;
  readonly #options: SiteStateOptions;
  readonly #history: SiteHistory;
  readonly #serial = new Serial();
  /** Names whose state here may differ from the current manifest. */
  readonly #dirty = new Set<string>();
  /** Contents of manifests that are being fetched. */
  readonly #wanted = new Map<SignedManifest, readonly Value[]>();
  #current: SignedManifest | null = null;
  #publishing: Timer | null = null;
  #collecting: Timer | null = null;
  #closed = false;

  private constructor(options: SiteStateOptions, history: SiteHistory, blobs: BlobStore) {
    this.#options = options;
    this.#history = history;
    this.blobs = blobs;
  }

  /** After the sources' own stores are open, before anybody is served. Errors: HalError. */
  static async open(options: SiteStateOptions): Promise<SiteState> {
    const { storage, sources, reserveBytes } = options;
    const folders = new Folders(storage);
    const history = await SiteHistory.open({ ...options, folders });
    const blobs = new BlobStore({ storage, folders, reserveBytes });
    await blobs.open();
    const state = new SiteState(options, history, blobs);
    state.#current = await history.newest();
    await state.#mend();
    for (const source of sources) source.changed = (name) => state.#touched(name);
    if (state.#dirty.size > 0) state.#publishIn(coalesceMs);
    if (state.#current !== null) state.#collectIn(collectMs);
    return state;
  }

  /** null: this unit has no state of a site yet. */
  get current(): SignedManifest | null {
    return this.#current;
  }

  /** Whether all that the current version names is in force. */
  get inForce(): boolean {
    return this.#history.inForce;
  }

  get floor(): number {
    return this.#history.floor;
  }

  /** Newest first. */
  get history(): readonly KeptManifest[] {
    return this.#history.kept;
  }

  /** Two-sided edits that nobody has settled. */
  get siblings(): readonly Sibling[] {
    const manifest = this.#current?.manifest;
    if (manifest === undefined) return [];
    return Object.keys(manifest.siblings).map((name) => {
      const [inForce, ...others] = valuesOf(manifest, name);
      return { name, inForce: inForce as Value, others };
    });
  }

  /** A kept manifest; null = not, or no more. Errors: HalError. */
  manifest(hash: string): Promise<SignedManifest | null> {
    return hash === this.#current?.hash ? Promise.resolve(this.#current) : this.#history.manifest(hash);
  }

  /** Contents of a manifest that are not here. */
  missing(manifest: Manifest): Value[] {
    return distinctValues(Object.values(manifest.entries)).filter(({ sha256 }) => !this.blobs.has(sha256));
  }

  /** What a unit that has no state of a site yet holds becomes its first version; done by the one that serves. Errors: HalError. */
  async seed(): Promise<void> {
    await this.#serial.run(() => (this.#current === null ? this.#seed(this.#options.epoch()) : Promise.resolve()));
  }

  /** Publishes now what has changed here. Errors: HalError, SiteError; what was to be published stays waiting. */
  publish(): Promise<void> {
    return this.#serial.run(() => this.#flush());
  }

  /**
   * Takes a manifest whose signature was checked; anything, in any order, as often as one likes. `fetch` is called for contents that are not here.
   * Errors: SiteError below-floor, missing, damaged, not-applicable; HalError; those of `fetch`. Then the old state stays, and what was fetched is kept.
   */
  async receive(signed: SignedManifest, fetch: Fetch): Promise<Received> {
    this.#wanted.set(signed, everyValue(signed.manifest));
    try {
      for (let round = 0; round < maxRounds; round++) {
        const result = await this.#serial.run(() => this.#take(signed));
        if (typeof result === 'string') return result;
        await this.#fetchAll(result, signed.manifest, fetch);
      }
      throw new SiteError('damaged', 'contents of the site are damaged as often as they are fetched');
    } finally {
      this.#wanted.delete(signed);
    }
  }

  /** Publishes the greetings and settings of a kept version anew; owners keep their PINs. Errors: SiteError missing, not-applicable; HalError. */
  async rollback(version: number): Promise<void> {
    await this.#serial.run(async () => {
      await this.#flush();
      const kept = this.#history.kept.find((one) => one.version === version);
      const old = kept === undefined ? null : await this.#history.manifest(kept.hash);
      if (old === null) throw new SiteError('missing', `version ${version} is not kept`);
      const next = this.#edited(rolledBack(this.#current?.manifest ?? null, old.manifest));
      if (next !== null) await this.#putInForce(next);
    });
  }

  /** Settles a two-sided edit: this content is in force, the others go. Errors: SiteError missing, not-applicable; HalError. */
  async settle(name: string, sha256: string): Promise<void> {
    await this.#serial.run(async () => {
      await this.#flush();
      if (this.#current === null) throw new SiteError('missing', 'there is no state of a site yet');
      await this.#putInForce(settled(this.#current.manifest, this.#current.hash, name, sha256, this.#authoring()));
    });
  }

  /** From now on nothing older than the version that this makes is accepted from anybody. Errors: HalError. */
  async raiseFloor(): Promise<void> {
    await this.#serial.run(async () => {
      await this.#flush();
      const next = this.#edited(new Map(), { raiseFloor: true });
      if (next !== null) await this.#commit(next, true);
    });
  }

  /** Fetches contents of the current version that were lost here, and puts in force what is still waiting for them. Errors: as `receive`. */
  async repair(fetch: Fetch): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    const missing = this.missing(current.manifest);
    if (missing.length === 0 && this.inForce) return;
    await this.#fetchAll(missing, current.manifest, fetch);
    await this.#serial.run(() => this.#mend());
  }

  /** A content that somebody found damaged: is it good here? If not it is made again from what is in force, if that is the same. Errors: HalError. */
  recheck(sha256: string): Promise<boolean> {
    return this.#serial.run(async () => {
      if (await this.blobs.check(sha256)) return true;
      const name = Object.entries(this.#current?.manifest.entries ?? {}).find(([, value]) => value.sha256 === sha256)?.[0];
      const content = name === undefined ? null : (this.#source(name)?.read(name) ?? null);
      if (content !== null) await this.blobs.put(content);
      await this.blobs.sync();
      return this.blobs.has(sha256);
    });
  }

  /** Removes contents that no kept manifest names; by itself some minutes after a change. Returns how many. Errors: HalError. */
  collect(): Promise<number> {
    return this.#serial.run(async () => {
      const keep = new Set([...this.#wanted.values()].flat().map(({ sha256 }) => sha256));
      for (const { hash } of this.#history.kept) {
        const kept = await this.manifest(hash);
        for (const { sha256 } of kept === null ? [] : everyValue(kept.manifest)) keep.add(sha256);
      }
      await this.#history.clean();
      return this.blobs.collect(keep);
    });
  }

  /** Nothing is published or told any more; what is being written ends. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#publishing?.cancel();
    this.#collecting?.cancel();
    for (const source of this.#options.sources) source.changed = null;
    await this.#serial.idle();
  }

  #touched(name: string): void {
    this.#dirty.add(name);
    if (this.#current !== null) this.#publishIn(coalesceMs);
  }

  #publishIn(ms: number): void {
    if (this.#closed || this.#publishing !== null) return;
    this.#publishing = this.#options.clock.after('site-publish', ms, () => {
      this.#publishing = null;
      this.publish().catch((error: unknown) => this.#notPublished(error));
    });
  }

  /** Reading all kept manifests takes a second where there are 2,000 mailboxes: not after each change. */
  #collectIn(ms: number): void {
    if (this.#closed || this.#collecting !== null) return;
    this.#collecting = this.#options.clock.after('site-collect', ms, () => {
      this.#collecting = null;
      this.collect().catch((error: unknown) => this.#options.log.write('warning', 'site-not-tidied', `Old contents of the site could not be removed: ${String(error)}`));
    });
  }

  #notPublished(error: unknown): void {
    if (!(error instanceof HalError || error instanceof SiteError)) throw error;
    this.#options.log.write('warning', 'site-not-published', `A change of the site could not be published and is tried again: ${error.message}`);
    this.#publishIn(retryMs);
  }

  /** Everything that differs here becomes the next version. A unit without a site waits for the partner's, or to be told to begin. */
  async #flush(): Promise<void> {
    if (this.#current === null || this.#dirty.size === 0) return;
    await this.#publishNames([...this.#dirty], this.#options.epoch());
  }

  async #seed(epoch: number): Promise<void> {
    const names = this.#options.sources.flatMap((source) => source.names());
    if (names.length > 0) await this.#publishNames(names, epoch);
  }

  async #publishNames(names: readonly string[], epoch: number): Promise<void> {
    const changes = new Map<string, Content>();
    for (const name of names) this.#dirty.delete(name);
    try {
      for (const name of names) {
        const content = await this.#contentNow(name);
        if (content !== undefined) changes.set(name, content);
      }
      const next = this.#edited(changes, { epoch });
      if (next !== null) await this.#commit(next, true);
    } catch (error) {
      for (const name of names) this.#dirty.add(name);
      throw error;
    }
  }

  /** undefined = it is what the current version says. */
  async #contentNow(name: string): Promise<Content | undefined> {
    const source = this.#source(name);
    const entry = this.#current?.manifest.entries[name];
    if (source === undefined) return undefined;
    if (entry !== undefined && (await source.is(name, entry, this.blobs)) === true) return undefined;
    const content = source.read(name);
    if (content !== null) return this.blobs.put(content);
    return entry === undefined ? undefined : null;
  }

  /** Undertakes the manifest, or says what has to be fetched before. */
  async #take(signed: SignedManifest): Promise<Received | readonly Value[]> {
    const { manifest, hash } = signed;
    if (manifest.version < this.floor) throw new SiteError('below-floor', `version ${manifest.version} is older than ${this.floor}, below which nothing counts`);
    await this.#flush();
    // Epoch 0: what a unit had before it belonged to a site never wins against what the site has.
    if (this.#current === null) await this.#seed(0);
    const current = this.#current;
    const decision = decide(current?.manifest ?? null, manifest);
    if (decision.kind === 'keep') return 'kept';
    const next = decision.kind === 'adopt' ? signed : this.#signed(merged(decision.body, [manifest, ...(current === null ? [] : [current.manifest])], [hash, ...(current === null ? [] : [current.hash])], this.#authoring()));
    const missing = (): Value[] => distinctValues([...this.missing(manifest), ...this.missing(next.manifest)]);
    if (missing().length > 0 || !(await this.#tryPutInForce(next))) return missing();
    if (decision.kind === 'adopt') return 'adopted';
    this.#tellSiblings();
    return 'merged';
  }

  async #putInForce(next: Manifest): Promise<void> {
    if (!(await this.#tryPutInForce(this.#signed(next)))) throw new SiteError('missing', 'contents of that version are damaged or gone');
  }

  /** false = a content turned out damaged while it was prepared, and nothing was changed. */
  async #tryPutInForce(next: SignedManifest): Promise<boolean> {
    await this.blobs.sync();
    const names = changedNames(this.#current?.manifest ?? null, next.manifest, this.inForce);
    return applyChanges({
      names,
      entries: next.manifest.entries,
      source: (name) => this.#source(name),
      contents: this.blobs,
      take: () => this.#commit(next, false),
      // Changed by hand since the last publication: that is published on top of the new version.
      skip: (name) => this.#dirty.has(name),
      done: () => this.#arrived(),
      failed: (name, error) => this.#notInForce(name, error),
    });
  }

  async #commit(next: Manifest | SignedManifest, inForce: boolean): Promise<void> {
    const signed = 'hash' in next ? next : this.#signed(next);
    await this.blobs.sync();
    const milestone = changedNames(this.#current?.manifest ?? null, signed.manifest, true).some((name) => !name.startsWith('owner/'));
    await this.#history.take(signed, { milestone, inForce, takenMs: this.#options.clock.wall() });
    this.#current = signed;
    this.#collectIn(collectMs);
    void Promise.resolve().then(() => this.#closed || this.changed?.());
  }

  async #arrived(): Promise<void> {
    await this.#history.arrived().catch((error: unknown) => this.#notInForce('head', error));
  }

  #notInForce(name: string, error: unknown): void {
    if (!(error instanceof HalError || error instanceof SiteError)) throw error;
    this.#options.log.write('alert', 'site-not-in-force', `A part of the site's state could not be put in force; the next start tries again: ${error.message}`, { name });
  }

  /** What is here is compared with what should be: what was lost or left half done is put in force, what was changed by hand is published. */
  async #mend(): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    const leaving = await Promise.all(this.#history.leaving.map((hash) => this.#history.manifest(hash)));
    const { edits, repairs } = await surveyed({ current: current.manifest, leaving: leaving.flatMap((one) => one?.manifest ?? []), sources: this.#options.sources, contents: this.blobs });
    for (const name of edits) this.#dirty.add(name);
    if (repairs.length > 0) this.#options.log.write('notice', 'site-mended', `${repairs.length} parts of the site's state are put in force again.`);
    await this.#putAgain(current.manifest, repairs).catch((error: unknown) => this.#notInForce('all', error));
  }

  /** A content found damaged on the way is gone then; the others go on without it, and wait for `repair`. */
  async #putAgain({ entries }: Manifest, repairs: readonly string[]): Promise<void> {
    for (;;) {
      const names = repairs.filter((name) => entries[name] === undefined || this.blobs.has(entries[name].sha256));
      const through = await applyChanges({
        names,
        entries,
        source: (name) => this.#source(name),
        contents: this.blobs,
        take: async () => undefined,
        skip: (name) => this.#dirty.has(name),
        done: async () => (names.length === repairs.length ? this.#arrived() : undefined),
        failed: (name, error) => this.#notInForce(name, error),
      });
      if (through) return;
    }
  }

  /** Siblings are wanted, and nothing waits for them. */
  async #fetchAll(required: readonly Value[], manifest: Manifest, fetch: Fetch): Promise<void> {
    await inParallel(required, fetchAtATime, async (value) => {
      if (!this.blobs.has(value.sha256) && !(await fetch(value, this.blobs))) throw new SiteError('missing', `the other side does not have content ${value.sha256}`);
    });
    const siblings = distinctValues(Object.values(manifest.siblings).flat()).filter(({ sha256 }) => !this.blobs.has(sha256));
    await inParallel(siblings, fetchAtATime, async (value) => void (await fetch(value, this.blobs)));
  }

  #signed(manifest: Manifest): SignedManifest {
    return signManifest(manifest, this.#options.identity);
  }

  #edited(changes: ReadonlyMap<string, Content>, more: Partial<Authoring> = {}): Manifest | null {
    return edited(this.#current?.manifest ?? null, this.#current?.hash ?? null, changes, { ...this.#authoring(), ...more });
  }

  #authoring(): Authoring {
    const { identity, epoch } = this.#options;
    return { site: identity.site, author: identity.unit, epoch: epoch() };
  }

  #source(name: string): SiteSource | undefined {
    return this.#options.sources.find((source) => source.owns(name));
  }

  #tellSiblings(): void {
    const names = this.siblings.map(({ name }) => name);
    if (names.length > 0) this.#options.log.write('warning', 'site-siblings', `Both units had changed the same parts of the site; the other versions are kept until somebody decides: ${names.slice(0, 8).join(', ')}.`, { count: names.length });
  }
}

/** Greetings and settings as they were; owners as they are. */
function rolledBack(now: Manifest | null, old: Manifest): Map<string, Content> {
  const names = new Set([...Object.keys(now?.entries ?? {}), ...Object.keys(old.entries)]);
  const chosen = [...names].filter((name) => !name.startsWith('owner/'));
  return new Map(chosen.map((name) => [name, contentOf(old.entries[name])]));
}

const contentOf = (value: Value | undefined): Content => (value === undefined ? null : { sha256: value.sha256, bytes: value.bytes });

/** Names whose content differs; all of them when it is not sure what is in force. */
function changedNames(old: Manifest | null, next: Manifest, inForce: boolean): string[] {
  const names = [...new Set([...Object.keys(old?.entries ?? {}), ...Object.keys(next.entries)])];
  return inForce ? names.filter((name) => old?.entries[name]?.sha256 !== next.entries[name]?.sha256) : names;
}

const everyValue = (manifest: Manifest): Value[] => [...Object.values(manifest.entries), ...Object.values(manifest.siblings).flat()];

const distinctValues = (values: readonly Value[]): Value[] => [...new Map(values.map((value) => [value.sha256, value])).values()];

import { Folders } from '../mailbox/folders.ts';
import { Serial } from '../mailbox/serial.ts';
import { BlobStore } from './blob-store.ts';
import type { Fetch } from './fetch-contents.ts';
import { fetchContents, missingOf } from './fetch-contents.ts';
import { InForce } from './in-force.ts';
import { KeptContents } from './kept-contents.ts';
import type { Manifest, Value } from './manifest.ts';
import type { Sibling } from './manifest-contents.ts';
import { distinctValues, rolledBack, siblingsOf } from './manifest-contents.ts';
import { decide } from './merge.ts';
import type { SignedManifest } from './signed-manifest.ts';
import { SiteEdits } from './site-edits.ts';
import { SiteError } from './site-error.ts';
import { SiteHead } from './site-head.ts';
import type { KeptManifest } from './site-history.ts';
import { SiteHistory } from './site-history.ts';
import type { SiteStateOptions } from './site-state-options.ts';

/** What became of a manifest that came: ours holds all of it, it holds all of ours, or both were joined. */
export type Received = 'kept' | 'adopted' | 'merged';

/** A manifest whose contents are found damaged again and again is given up for now. */
const maxRounds = 8;

/**
 * The site's state on this unit: a signed manifest, the contents it names, and the sources that hold them in the product.
 *
 *   a change here   source ── 200 ms ──> blobs ── manifest n+1 ── head
 *   from elsewhere  manifest ── missing blobs fetched ── prepared by the sources ── head ── in force, one by one ── 'arrived'
 *
 * The head is the point of no return: before it a power cut leaves the old version, after it the next start puts the rest in force
 * before anybody is served. Whatever changes it runs one after another.
 */
export class SiteState {
  readonly blobs: BlobStore;
  readonly #options: SiteStateOptions;
  readonly #head: SiteHead;
  readonly #edits: SiteEdits;
  readonly #inForce: InForce;
  readonly #contents: KeptContents;
  readonly #serial = new Serial();

  private constructor(options: SiteStateOptions, head: SiteHead, blobs: BlobStore) {
    this.#options = options;
    this.#head = head;
    this.blobs = blobs;
    this.#edits = new SiteEdits(options, head, blobs, () => this.publish());
    this.#inForce = new InForce(options, head, this.#edits, blobs);
    this.#contents = new KeptContents(options, head, blobs, () => this.collect());
    head.committed = () => this.#contents.collectLater();
  }

  /** After the sources' own stores are open, before anybody is served. Errors: HalError. */
  static async open(options: SiteStateOptions): Promise<SiteState> {
    const { storage, reserveBytes } = options;
    const folders = new Folders(storage);
    const history = await SiteHistory.open({ ...options, folders });
    const blobs = new BlobStore({ storage, folders, reserveBytes });
    await blobs.open();
    const state = new SiteState(options, new SiteHead(options, history, blobs, await history.newest()), blobs);
    await state.#inForce.mend();
    state.#edits.begin();
    if (state.current !== null) state.#contents.collectLater();
    return state;
  }

  /** `watcher` is told whenever another version has become the current one, never from inside a call; until the returned function is called. */
  watch(watcher: () => void): () => void {
    return this.#head.watch(watcher);
  }

  /** null: this unit has no state of a site yet. */
  get current(): SignedManifest | null {
    return this.#head.current;
  }

  /** Whether all that the current version names is in force. */
  get inForce(): boolean {
    return this.#head.inForce;
  }

  get floor(): number {
    return this.#head.floor;
  }

  /** Newest first. */
  get history(): readonly KeptManifest[] {
    return this.#head.kept;
  }

  /** Two-sided edits that nobody has settled. */
  get siblings(): readonly Sibling[] {
    return this.current === null ? [] : siblingsOf(this.current.manifest);
  }

  /** A kept manifest; null = not, or no more. Errors: HalError. */
  manifest(hash: string): Promise<SignedManifest | null> {
    return this.#head.manifest(hash);
  }

  /** Contents of a manifest that are not here. */
  missing(manifest: Manifest): Value[] {
    return missingOf(manifest, this.blobs);
  }

  /** What a unit that has no state of a site yet holds becomes its first version; done by the one that serves. Errors: HalError. */
  async seed(): Promise<void> {
    await this.#serial.run(() => (this.current === null ? this.#edits.seed(this.#options.epoch()) : Promise.resolve()));
  }

  /** Publishes now what has changed here. Errors: HalError, SiteError; what was to be published stays waiting. */
  publish(): Promise<void> {
    return this.#serial.run(() => this.#edits.flush());
  }

  /**
   * Takes a manifest whose signature was checked; anything, in any order, as often as one likes. `fetch` is called for contents that are not here.
   * Errors: SiteError below-floor, missing, damaged, not-applicable; HalError; those of `fetch`. Then the old state stays, and what was fetched is kept.
   */
  receive(signed: SignedManifest, fetch: Fetch): Promise<Received> {
    return this.#contents.during(signed, async () => {
      for (let round = 0; round < maxRounds; round++) {
        const result = await this.#serial.run(() => this.#take(signed));
        this.#contents.fetching(typeof result !== 'string');
        if (typeof result === 'string') return result;
        await fetchContents(result, signed.manifest, this.blobs, fetch);
      }
      throw new SiteError('damaged', 'contents of the site are damaged as often as they are fetched');
    });
  }

  /** Publishes the greetings and settings of a kept version anew; owners keep their PINs. Errors: SiteError missing, not-applicable; HalError. */
  rollback(version: number): Promise<void> {
    return this.#afterEdits(async () => {
      const old = await this.#head.version(version);
      const next = this.#head.edited(rolledBack(this.current?.manifest ?? null, old.manifest));
      if (next !== null) await this.#inForce.put(next);
    });
  }

  /** Settles a two-sided edit: this content is in force, the others go. Errors: SiteError missing, not-applicable; HalError. */
  settle(name: string, sha256: string): Promise<void> {
    return this.#afterEdits(() => this.#inForce.put(this.#head.settled(name, sha256)));
  }

  /** From now on nothing older than the version that this makes is accepted from anybody. Errors: HalError. */
  raiseFloor(): Promise<void> {
    return this.#afterEdits(async () => {
      const next = this.#head.edited(new Map(), { raiseFloor: true });
      if (next !== null) await this.#head.commit(this.#head.signed(next), true);
    });
  }

  /** Fetches contents of the current version that were lost here, and puts in force what is still waiting for them. Errors: as `receive`. */
  async repair(fetch: Fetch): Promise<void> {
    if (this.current === null) return;
    const { manifest } = this.current;
    const missing = this.missing(manifest);
    if (missing.length === 0 && this.inForce) return;
    await fetchContents(missing, manifest, this.blobs, fetch);
    await this.#serial.run(() => this.#inForce.mend());
  }

  /** This unit belongs to no site any more: what is in force stays, its history goes. Errors: HalError. */
  forget(): Promise<void> {
    return this.#serial.run(() => this.#head.forget());
  }

  /** A content that somebody found damaged: is it good here? If not it is made again from what is in force, if that is the same. Errors: HalError. */
  recheck(sha256: string): Promise<boolean> {
    return this.#serial.run(() => this.#contents.recheck(sha256));
  }

  /** Removes contents that no kept manifest names; by itself some minutes after a change. Returns how many. Errors: HalError. */
  collect(): Promise<number> {
    return this.#serial.run(() => this.#contents.collect());
  }

  /** Nothing is published or told any more; what is being written ends. */
  async close(): Promise<void> {
    this.#head.close();
    this.#edits.close();
    this.#contents.close();
    await this.#serial.idle();
  }

  /** What was changed here counts first. */
  #afterEdits(change: () => Promise<void>): Promise<void> {
    return this.#serial.run(async () => {
      await this.#edits.flush();
      await change();
    });
  }

  /** Undertakes the manifest, or says what has to be fetched before. */
  async #take(signed: SignedManifest): Promise<Received | readonly Value[]> {
    const { manifest } = signed;
    if (manifest.version < this.floor) throw new SiteError('below-floor', `version ${manifest.version} is older than ${this.floor}, below which nothing counts`);
    await this.#edits.flush();
    // Epoch 0: what a unit had before it belonged to a site never wins against what the site has.
    if (this.current === null && this.#options.bringsOwn !== false) await this.#edits.seed(0);
    const decision = decide(this.current?.manifest ?? null, manifest);
    if (decision.kind === 'keep') return 'kept';
    const next = this.#head.joined(signed, decision);
    const missing = (): Value[] => distinctValues([...this.missing(manifest), ...this.missing(next.manifest)]);
    if (missing().length > 0 || !(await this.#inForce.tryPut(next))) return missing();
    if (decision.kind === 'adopt') return 'adopted';
    this.#tellSiblings();
    return 'merged';
  }

  #tellSiblings(): void {
    const names = this.siblings.map(({ name }) => name);
    if (names.length > 0) this.#options.log.write('warning', 'site-siblings', `Both units had changed the same parts of the site; the other versions are kept until somebody decides: ${names.slice(0, 8).join(', ')}.`, { count: names.length });
  }
}

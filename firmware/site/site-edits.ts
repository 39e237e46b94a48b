import { HalError } from '../../hal/errors.ts';
import type { BlobStore } from './blob-store.ts';
import { Delayed } from './delayed.ts';
import type { Content } from './manifest.ts';
import { SiteError } from './site-error.ts';
import type { SiteHead } from './site-head.ts';
import { ownerOf } from './site-source.ts';
import type { SiteStateOptions } from './site-state-options.ts';
import type { Verification } from './verification.ts';
import { allIsCertain } from './verification.ts';

/** Changes that come so close together are one version. */
export const coalesceMs = 200;
/** What the disk refused is tried again after this. */
const retryMs = 60_000;

/** What was changed here and is not published yet: names whose state may differ from the current manifest. */
export class SiteEdits {
  readonly #options: SiteStateOptions;
  readonly #head: SiteHead;
  readonly #blobs: BlobStore;
  readonly #names = new Set<string>();
  readonly #publishing: Delayed;
  #closed = false;

  /** `publish`: calls `flush` when it has its turn. */
  constructor(options: SiteStateOptions, head: SiteHead, blobs: BlobStore, publish: () => Promise<void>) {
    this.#options = options;
    this.#head = head;
    this.#blobs = blobs;
    this.#publishing = new Delayed(options.clock, 'site-publish', () => publish().catch((error: unknown) => this.#notPublished(error)));
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Found at a start: to be published by `begin`. */
  found(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  /** From now on the sources tell what changes. */
  begin(): void {
    for (const source of this.#options.sources) source.changed = (name) => this.#touched(name);
    if (this.#names.size > 0) this.#publishing.in(coalesceMs);
  }

  /** Everything that differs here becomes the next version. A unit without a site waits for the partner's, or to be told to begin. */
  async flush(): Promise<void> {
    if (this.#head.current === null || this.#names.size === 0) return;
    await this.#publish([...this.#names], this.#options.epoch());
  }

  /** All that is here becomes the first version. */
  async seed(epoch: number): Promise<void> {
    await this.#verification.all();
    if (this.#closed) return;
    const names = this.#options.sources.flatMap((source) => source.names());
    if (names.length > 0) await this.#publish(names, epoch);
  }

  close(): void {
    this.#closed = true;
    this.#publishing.stop();
    for (const source of this.#options.sources) source.changed = null;
  }

  #touched(name: string): void {
    this.#names.add(name);
    if (this.#head.current !== null) this.#publishing.in(coalesceMs);
  }

  async #publish(names: readonly string[], epoch: number): Promise<void> {
    const changes = new Map<string, Content>();
    for (const name of names) this.#names.delete(name);
    try {
      for (const name of names) {
        const content = (await this.#isCertain(name)) ? await this.#contentNow(name) : undefined;
        if (content !== undefined) changes.set(name, content);
      }
      const next = this.#head.edited(changes, { epoch });
      if (next !== null) await this.#head.commit(this.#head.signed(next), true);
    } catch (error) {
      for (const name of names) this.#names.add(name);
      throw error;
    }
  }

  /** What cannot be looked at is not published yet, and keeps nothing else from being. */
  async #isCertain(name: string): Promise<boolean> {
    try {
      await this.#verification.of(name);
      return true;
    } catch (error) {
      this.#names.add(name);
      this.#notPublished(error);
      return false;
    }
  }

  get #verification(): Verification {
    return this.#options.verification ?? allIsCertain;
  }

  /** undefined = it is what the current version says. */
  async #contentNow(name: string): Promise<Content | undefined> {
    const source = ownerOf(this.#options.sources, name);
    const entry = this.#head.current?.manifest.entries[name];
    if (source === undefined) return undefined;
    if (entry !== undefined && (await source.is(name, entry, this.#blobs)) === true) return undefined;
    const content = source.read(name);
    if (content !== null) return this.#blobs.put(content);
    return entry === undefined ? undefined : null;
  }

  #notPublished(error: unknown): void {
    if (!(error instanceof HalError || error instanceof SiteError)) throw error;
    this.#options.log.write('warning', 'site-not-published', `A change of the site could not be published and is tried again: ${error.message}`);
    this.#publishing.in(retryMs);
  }
}

import type { BlobStore } from './blob-store.ts';
import { Delayed } from './delayed.ts';
import type { Value } from './manifest.ts';
import { everyValue } from './manifest-contents.ts';
import type { SignedManifest } from './signed-manifest.ts';
import type { SiteHead } from './site-head.ts';
import { ownerOf } from './site-source.ts';
import type { SiteStateOptions } from './site-state-options.ts';

/** Contents that nothing names any more stay for so long. */
export const collectMs = 600_000;

/** Which contents are worth keeping: those of kept manifests, and of manifests that are being fetched. */
export class KeptContents {
  readonly #options: SiteStateOptions;
  readonly #head: SiteHead;
  readonly #blobs: BlobStore;
  /** Contents of manifests that are being fetched. */
  readonly #wanted = new Map<SignedManifest, readonly Value[]>();
  /** Whether parts of contents are left-overs; false while they may belong to a manifest that will be asked for again. */
  #partsAreOld = false;
  /** Reading all kept manifests takes a second where there are 2,000 mailboxes: not after each change. */
  readonly #collecting: Delayed;

  /** `collect`: calls this one's `collect` when it has its turn. */
  constructor(options: SiteStateOptions, head: SiteHead, blobs: BlobStore, collect: () => Promise<unknown>) {
    this.#options = options;
    this.#head = head;
    this.#blobs = blobs;
    this.#collecting = new Delayed(options.clock, 'site-collect', () => collect().catch((error: unknown) => this.#notTidied(error)));
  }

  /** Contents of `signed` stay while `work` goes on. */
  async during<T>(signed: SignedManifest, work: () => Promise<T>): Promise<T> {
    this.#wanted.set(signed, everyValue(signed.manifest));
    try {
      return await work();
    } finally {
      this.#wanted.delete(signed);
    }
  }

  /** Parts of contents belong to what is fetched now, or to nothing any more. */
  fetching(goesOn: boolean): void {
    this.#partsAreOld = !goesOn;
  }

  collectLater(): void {
    this.#collecting.in(collectMs);
  }

  /** Removes what is not worth keeping. Returns how many. Errors: HalError. */
  async collect(): Promise<number> {
    const keep = new Set([...this.#wanted.values()].flat().map(({ sha256 }) => sha256));
    for (const { hash } of this.#head.kept) {
      const kept = await this.#head.manifest(hash);
      for (const { sha256 } of kept === null ? [] : everyValue(kept.manifest)) keep.add(sha256);
    }
    await this.#head.clean();
    return this.#blobs.collect(keep, this.#partsAreOld);
  }

  /** As `SiteState.recheck`. */
  async recheck(sha256: string): Promise<boolean> {
    if (await this.#blobs.check(sha256)) return true;
    const name = Object.entries(this.#head.current?.manifest.entries ?? {}).find(([, value]) => value.sha256 === sha256)?.[0];
    const content = name === undefined ? null : (ownerOf(this.#options.sources, name)?.read(name) ?? null);
    if (content !== null) await this.#blobs.put(content);
    await this.#blobs.sync();
    return this.#blobs.has(sha256);
  }

  close(): void {
    this.#collecting.stop();
  }

  #notTidied(error: unknown): void {
    this.#options.log.write('warning', 'site-not-tidied', `Old contents of the site could not be removed: ${String(error)}`);
  }
}

import { HalError } from '../../hal/errors.ts';
import type { ChangeSet } from './apply-changes.ts';
import { applyChanges, putAgain } from './apply-changes.ts';
import type { BlobStore } from './blob-store.ts';
import type { Manifest } from './manifest.ts';
import { changedNames } from './manifest-contents.ts';
import type { SignedManifest } from './signed-manifest.ts';
import type { SiteEdits } from './site-edits.ts';
import { SiteError } from './site-error.ts';
import type { SiteHead } from './site-head.ts';
import { ownerOf } from './site-source.ts';
import type { SiteStateOptions } from './site-state-options.ts';
import { surveyed } from './survey.ts';
import { allIsCertain } from './verification.ts';

/** Puts versions in force in the sources, and again what was lost there. */
export class InForce {
  readonly #options: SiteStateOptions;
  readonly #head: SiteHead;
  readonly #edits: SiteEdits;
  readonly #blobs: BlobStore;

  constructor(options: SiteStateOptions, head: SiteHead, edits: SiteEdits, blobs: BlobStore) {
    this.#options = options;
    this.#head = head;
    this.#edits = edits;
    this.#blobs = blobs;
  }

  /** Errors: SiteError missing, not-applicable; HalError. */
  async put(next: Manifest): Promise<void> {
    if (!(await this.tryPut(this.#head.signed(next)))) throw new SiteError('missing', 'contents of that version are damaged or gone');
  }

  /** false = a content turned out damaged while it was prepared, and nothing was changed. Errors: SiteError not-applicable; HalError. */
  async tryPut(next: SignedManifest): Promise<boolean> {
    await this.#blobs.sync();
    const names = changedNames(this.#head.current?.manifest ?? null, next.manifest, this.#head.inForce);
    return applyChanges({ ...this.#changes(names, next.manifest), take: () => this.#head.commit(next, false) });
  }

  /** What is here is compared with what should be: what was lost or left half done is put in force, what was changed by hand is published. */
  async mend(): Promise<void> {
    const current = this.#head.current;
    if (current === null) return;
    const leaving = await this.#head.leaving();
    const { sources, verification = allIsCertain } = this.#options;
    const { edits, repairs } = await surveyed({ current: current.manifest, leaving, sources, contents: this.#blobs, verification });
    this.#edits.found(edits);
    if (repairs.length > 0) this.#options.log.write('notice', 'site-mended', `${repairs.length} parts of the site's state are put in force again.`);
    await putAgain({ ...this.#changes(repairs, current.manifest), has: (sha256) => this.#blobs.has(sha256) }).catch((error: unknown) => this.#failed('all', error));
  }

  #changes(names: readonly string[], { entries }: Manifest): Omit<ChangeSet, 'take'> {
    return {
      names,
      entries,
      source: (name) => ownerOf(this.#options.sources, name),
      contents: this.#blobs,
      // Changed by hand since the last publication: that is published on top of the new version.
      skip: (name) => this.#edits.has(name),
      done: () => this.#head.arrived().catch((error: unknown) => this.#failed('head', error)),
      failed: (name, error) => this.#failed(name, error),
    };
  }

  #failed(name: string, error: unknown): void {
    if (!(error instanceof HalError || error instanceof SiteError)) throw error;
    this.#options.log.write('alert', 'site-not-in-force', `A part of the site's state could not be put in force; the next start tries again: ${error.message}`, { name });
  }
}

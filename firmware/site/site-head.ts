import type { BlobStore } from './blob-store.ts';
import type { Content, Manifest } from './manifest.ts';
import { changedNames } from './manifest-contents.ts';
import type { Authoring, Decision } from './merge.ts';
import { edited, merged, settled } from './merge.ts';
import type { SignedManifest } from './signed-manifest.ts';
import { signManifest } from './signed-manifest.ts';
import { SiteError } from './site-error.ts';
import type { KeptManifest, SiteHistory } from './site-history.ts';
import type { SiteStateOptions } from './site-state-options.ts';

/** The current version: what can be made of it, and how another takes its place. */
export class SiteHead {
  readonly #options: SiteStateOptions;
  readonly #history: SiteHistory;
  readonly #blobs: BlobStore;
  readonly #watchers = new Set<() => void>();
  /** Told at once when another version has become the current one. */
  committed: () => void = () => undefined;
  #current: SignedManifest | null;
  #closed = false;

  constructor(options: SiteStateOptions, history: SiteHistory, blobs: BlobStore, current: SignedManifest | null) {
    this.#options = options;
    this.#history = history;
    this.#blobs = blobs;
    this.#current = current;
  }

  /** As `SiteState.watch`. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  get current(): SignedManifest | null {
    return this.#current;
  }

  get inForce(): boolean {
    return this.#history.inForce;
  }

  get floor(): number {
    return this.#history.floor;
  }

  /** Newest first. */
  get kept(): readonly KeptManifest[] {
    return this.#history.kept;
  }

  /** A kept manifest; null = not, or no more. Errors: HalError. */
  manifest(hash: string): Promise<SignedManifest | null> {
    return hash === this.#current?.hash ? Promise.resolve(this.#current) : this.#history.manifest(hash);
  }

  /** Errors: SiteError missing; HalError. */
  async version(version: number): Promise<SignedManifest> {
    const kept = this.#history.kept.find((one) => one.version === version);
    const found = kept === undefined ? null : await this.#history.manifest(kept.hash);
    if (found === null) throw new SiteError('missing', `version ${version} is not kept`);
    return found;
  }

  /** Versions of which something may still be in force. Errors: HalError. */
  async leaving(): Promise<Manifest[]> {
    const leaving = await Promise.all(this.#history.leaving.map((hash) => this.#history.manifest(hash)));
    return leaving.flatMap((one) => one?.manifest ?? []);
  }

  /** The next version; null = it would be the same. Errors: SiteError too-large. */
  edited(changes: ReadonlyMap<string, Content>, more: Partial<Authoring> = {}): Manifest | null {
    return edited(this.#current?.manifest ?? null, this.#current?.hash ?? null, changes, { ...this.#authoring(), ...more });
  }

  /** Errors: SiteError missing. */
  settled(name: string, sha256: string): Manifest {
    if (this.#current === null) throw new SiteError('missing', 'there is no state of a site yet');
    return settled(this.#current.manifest, this.#current.hash, name, sha256, this.#authoring());
  }

  /** What is to be current after theirs came, as it was decided. */
  joined(theirs: SignedManifest, decision: Exclude<Decision, { kind: 'keep' }>): SignedManifest {
    if (decision.kind === 'adopt') return theirs;
    const both = this.#current === null ? [theirs] : [theirs, this.#current];
    return this.signed(merged(decision.body, both.map(({ manifest }) => manifest), both.map(({ hash }) => hash), this.#authoring()));
  }

  signed(manifest: Manifest): SignedManifest {
    return signManifest(manifest, this.#options.identity);
  }

  /** The point of no return. `inForce`: all that it names is so already. Errors: HalError. */
  async commit(next: SignedManifest, inForce: boolean): Promise<void> {
    await this.#blobs.sync();
    const milestone = changedNames(this.#current?.manifest ?? null, next.manifest, true).some((name) => !name.startsWith('owner/'));
    await this.#history.take(next, { milestone, inForce, takenMs: this.#options.clock.wall() });
    this.#current = next;
    this.committed();
    void Promise.resolve().then(() => this.#closed || [...this.#watchers].forEach((watcher) => watcher()));
  }

  /** All that the current version names is in force. Errors: HalError. */
  arrived(): Promise<void> {
    return this.#history.arrived();
  }

  /** Manifests that are not kept go. Errors: HalError. */
  clean(): Promise<void> {
    return this.#history.clean();
  }

  /** Errors: HalError. */
  async forget(): Promise<void> {
    await this.#history.forget();
    this.#current = null;
  }

  /** No watcher is told any more. */
  close(): void {
    this.#closed = true;
  }

  #authoring(): Authoring {
    const { identity, epoch } = this.#options;
    return { site: identity.site, author: identity.unit, epoch: epoch() };
  }
}

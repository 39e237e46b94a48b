import type { Entries } from './manifest.ts';
import { SiteError } from './site-error.ts';
import type { Contents, Prepared, SiteSource } from './site-source.ts';

export interface ChangeSet {
  readonly names: readonly string[];
  /** What is to be in force; a name without an entry is to go. */
  readonly entries: Entries;
  readonly source: (name: string) => SiteSource | undefined;
  readonly contents: Contents;
  /** Makes the change count, durably, once all is prepared. */
  readonly take: () => Promise<void>;
  /** Asked just before a name is put in force. */
  readonly skip: (name: string) => boolean;
  /** All names are in force. */
  readonly done: () => Promise<void>;
  /** One could not be put in force although it was prepared; the others go on. */
  readonly failed: (name: string, error: unknown) => void;
}

/**
 * All or nothing: every name is prepared, then the change counts, then each is put in force. Names of a kind that no source owns are
 * for newer programs: they are kept and handed on, and nothing is done with them.
 *
 * false = a content was damaged; nothing has changed. Errors: those of `prepare` and `take`; nothing has changed.
 */
export async function applyChanges(set: ChangeSet): Promise<boolean> {
  const prepared = new Map<string, Prepared>();
  try {
    for (const name of set.names) await prepare(set, name, prepared);
    await set.take();
  } catch (error) {
    for (const one of prepared.values()) await one.discard();
    if (error instanceof SiteError && (error.id === 'damaged' || error.id === 'missing')) return false;
    throw error;
  }
  let failures = 0;
  for (const [name, one] of prepared) {
    if (set.skip(name)) await one.discard();
    else await one.commit().catch((error: unknown) => (failures++, set.failed(name, error)));
  }
  if (failures === 0) await set.done();
  return true;
}

async function prepare({ entries, source, contents }: ChangeSet, name: string, prepared: Map<string, Prepared>): Promise<void> {
  const entry = entries[name];
  const owner = source(name);
  if (owner === undefined) return;
  prepared.set(name, await owner.prepare(name, entry === undefined ? null : contents.content(entry.sha256)));
}

import { inParallel } from '../mailbox/serial.ts';
import type { BlobStore } from './blob-store.ts';
import type { Manifest, Value } from './manifest.ts';
import { distinctValues } from './manifest-contents.ts';
import { SiteError } from './site-error.ts';

/** Gets one content into the blob store; false = the other side does not have it. */
export type Fetch = (value: Value, blobs: BlobStore) => Promise<boolean>;

const fetchAtATime = 4;

/** Contents of a manifest that are not here. */
export const missingOf = (manifest: Manifest, blobs: BlobStore): Value[] =>
  distinctValues(Object.values(manifest.entries)).filter(({ sha256 }) => !blobs.has(sha256));

/** Fetches `required`. Siblings of the manifest are wanted, and nothing waits for them. Errors: SiteError missing; those of `fetch`. */
export async function fetchContents(required: readonly Value[], manifest: Manifest, blobs: BlobStore, fetch: Fetch): Promise<void> {
  await inParallel(required, fetchAtATime, async (value) => {
    if (!blobs.has(value.sha256) && !(await fetch(value, blobs))) throw new SiteError('missing', `the other side does not have content ${value.sha256}`);
  });
  const siblings = distinctValues(Object.values(manifest.siblings).flat()).filter(({ sha256 }) => !blobs.has(sha256));
  await inParallel(siblings, fetchAtATime, async (value) => void (await fetch(value, blobs)));
}

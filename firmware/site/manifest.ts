import * as v from 'valibot';
import { namePattern } from '../callflow/document/flow-document.ts';
import { mailboxPattern } from '../mailbox/recording.ts';

/**
 * What a site consists of, by name and content:
 *
 *   settings                       the part of the configuration that both units share
 *   owner/<mailbox>                PIN hash, counted tries, lock
 *   greeting/<mailbox>/<kind>      a recording in force
 *   flow/<name>                    a call flow; further documents of flows in the same way
 *
 * Each entry carries the stamp of the change that brought it, and the manifest says up to which version of each unit its author
 * has `seen`. From the two follows what a change knew of another, without keeping history: see merge.ts.
 */
export const manifestSchema = 1;

/** 2,000 mailboxes with greeting, name and owner, and the settings, are 6,001; further kinds have room. */
export const maxEntries = 8192;
/** Of one entry; the lowest go first. */
export const maxSiblings = 8;
/** Of all entries together. */
export const maxAllSiblings = 256;
export const maxUnits = 64;
/** 8,192 entries of at most 247 bytes each. */
export const maxManifestBytes = 2 * 1024 * 1024;
/** Over an hour of G.711. */
export const maxBlobBytes = 32 * 1024 * 1024;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const mailboxPart = mailboxPattern.source.slice(1, -1);
/** Kinds of documents with names of their own. */
const documentAreas = ['flow', 'condition', 'prompt', 'alarm'];
const documentPart = namePattern.source.slice(1, -1);
/** 'settings', or kind/mailbox, or kind/mailbox/part, or kind/name of a document. Never a name that every object has by itself ('constructor'). */
export const entryName = new RegExp(`^(settings|[a-z]{1,16}/${mailboxPart}(/[a-z][a-z0-9-]{0,15})?|(${documentAreas.join('|')})/${documentPart})$`);
export const unitPattern = /^[0-9A-Za-z][0-9A-Za-z._:-]{0,63}$/;
const unit = v.pipe(v.string(), v.regex(unitPattern));

const valueSchema = v.strictObject({
  sha256,
  bytes: v.pipe(whole, v.maxValue(maxBlobBytes)),
  /** Epoch of the pair in which the change was made; 0 = before the unit ever served in a pair. */
  epoch: whole,
  /** Version of the manifest that brought it, and whose that was. Both together name the change. */
  at: v.pipe(whole, v.minValue(1)),
  by: unit,
});

const name = v.pipe(v.string(), v.regex(entryName));

const schema = v.strictObject({
  schema: v.literal(manifestSchema),
  site: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  version: v.pipe(whole, v.minValue(1)),
  epoch: whole,
  /** No manifest below this version counts any more. */
  floor: whole,
  author: unit,
  /** Hashes of what it was made from: none for the first, two for a merge. */
  parents: v.pipe(v.array(sha256), v.maxLength(2)),
  seen: v.pipe(v.record(unit, whole), v.check((seen) => Object.keys(seen).length <= maxUnits)),
  entries: v.pipe(v.record(name, valueSchema), v.check((entries) => Object.keys(entries).length <= maxEntries)),
  /** What lost against an entry, made without knowledge of it, and not yet settled by a person. */
  siblings: v.record(name, v.pipe(v.array(valueSchema), v.minLength(1), v.maxLength(maxSiblings))),
});

type DeepReadonly<T> = T extends (infer Item)[] ? readonly DeepReadonly<Item>[] : T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

export type Value = Readonly<v.InferOutput<typeof valueSchema>>;
export type Manifest = DeepReadonly<v.InferOutput<typeof schema>>;
export type Entries = Manifest['entries'];
/** What a change puts under a name; null removes it. */
export type Content = { readonly sha256: string; readonly bytes: number } | null;

/** Throws a ValiError on anything else. A sibling without an entry cannot be: the first of a name's values is its entry. */
export function checkManifest(found: unknown): Manifest {
  const manifest = v.parse(schema, found);
  for (const sibling of Object.keys(manifest.siblings)) if (manifest.entries[sibling] === undefined) throw new TypeError(`${sibling} has siblings and no entry`);
  return manifest;
}

/** Up to which version of `unit` a manifest knows all. */
export const seenOf = (manifest: Pick<Manifest, 'seen'>, of: string): number => (Object.hasOwn(manifest.seen, of) ? (manifest.seen[of] ?? 0) : 0);

/** All values of a name: the entry first, then what lost against it. */
export function valuesOf(manifest: Pick<Manifest, 'entries' | 'siblings'>, of: string): readonly Value[] {
  const entry = manifest.entries[of];
  return entry === undefined ? [] : [entry, ...(manifest.siblings[of] ?? [])];
}

/** Which of two values of a name is in force: by epoch, then version, then unit; the hash makes the order complete. */
export function compareValues(one: Value, other: Value): number {
  return one.epoch - other.epoch || one.at - other.at || compareText(one.by, other.by) || compareText(one.sha256, other.sha256);
}

export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

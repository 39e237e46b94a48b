import { SiteError } from './site-error.ts';
import type { Content, Entries, Manifest, Value } from './manifest.ts';
import { compareText, compareValues, maxAllSiblings, maxEntries, maxSiblings, seenOf, valuesOf } from './manifest.ts';

/**
 * How manifests of one site come together. A manifest is a set of values per name, each made by a change (unit, version), and the
 * `seen` of its author. Of two manifests a value stays when
 *
 *   both have it                                         nobody has changed it
 *   one has it, and the other has not seen its change    the other did not know of it
 *
 * and goes when the other had seen its change and does not have it: it was replaced, or removed, knowingly. The greatest of what
 * stays is the entry, the others are its siblings. (Dotted version vectors: Almeida, Baquero, Gonçalves, Preguiça, Fonte 2014.)
 * The result does not depend on who joins, how often or in which order, so that two units that talk end with the same.
 *
 * A change made without knowledge of a removal outlives it: nothing that somebody made is lost to a removal that did not mean it.
 */
export interface Body {
  readonly epoch: number;
  readonly floor: number;
  readonly seen: Manifest['seen'];
  readonly entries: Entries;
  readonly siblings: Manifest['siblings'];
}

export type Decision =
  /** Ours holds all of theirs. */
  | { readonly kind: 'keep' }
  /** Theirs holds all of ours. */
  | { readonly kind: 'adopt' }
  /** Each holds something the other lacks: both together, to be signed by this unit. */
  | { readonly kind: 'merge'; readonly body: Body };

/** What becomes of ours when theirs comes. Ours null: this unit has nothing yet. */
export function decide(ours: Manifest | null, theirs: Manifest): Decision {
  if (ours === null) return { kind: 'adopt' };
  // What lies below the floor counts no more: it is replaced as a whole (and stays in the history of this unit).
  if (ours.version < theirs.floor) return { kind: 'adopt' };
  const both = join(ours, theirs);
  const [isOurs, isTheirs] = [sameBody(both, ours), sameBody(both, theirs)];
  if (isOurs && isTheirs) return { kind: compareManifests(ours, theirs) >= 0 ? 'keep' : 'adopt' };
  if (isOurs && ours.version >= theirs.version) return { kind: 'keep' };
  if (isTheirs && theirs.version >= ours.version) return { kind: 'adopt' };
  return { kind: 'merge', body: both };
}

/** Of two manifests with the same body one is enough; the body decides nothing here, so any complete order will do. */
function compareManifests(one: Manifest, other: Manifest): number {
  return one.version - other.version || compareText(one.author, other.author) || compareText(one.parents.join(), other.parents.join());
}

export function join(one: Manifest, other: Manifest): Body {
  const entries: Record<string, Value> = {};
  const siblings: Record<string, readonly Value[]> = {};
  for (const name of new Set([...Object.keys(one.entries), ...Object.keys(other.entries)])) {
    const [entry, ...rest] = joinValues(name, one, other);
    if (entry !== undefined) entries[name] = entry;
    if (rest.length > 0) siblings[name] = rest;
  }
  return {
    epoch: Math.max(one.epoch, other.epoch),
    floor: Math.max(one.floor, other.floor),
    seen: joinSeen(one.seen, other.seen),
    entries,
    siblings: bounded(siblings),
  };
}

function joinValues(name: string, one: Manifest, other: Manifest): Value[] {
  const [left, right] = [valuesOf(one, name), valuesOf(other, name)];
  const stays = (value: Value, there: readonly Value[], manifest: Manifest): boolean =>
    seenOf(manifest, value.by) < value.at || there.some((known) => known.by === value.by && known.at === value.at);
  const all = [...left.filter((value) => stays(value, right, other)), ...right.filter((value) => stays(value, left, one))];
  return distinct(all).slice(0, 1 + maxSiblings);
}

/** Greatest first; a content once, under the greatest change that brought it. */
function distinct(values: readonly Value[]): Value[] {
  const found = new Set<string>();
  return [...values].sort((one, other) => compareValues(other, one)).filter(({ sha256 }) => !found.has(sha256) && found.add(sha256));
}

/** Of too many siblings those of the last names go; which, must be the same on both units. */
function bounded(siblings: Readonly<Record<string, readonly Value[]>>): Record<string, readonly Value[]> {
  let room = maxAllSiblings;
  const kept: Record<string, readonly Value[]> = {};
  for (const name of Object.keys(siblings).sort()) {
    const values = (siblings[name] ?? []).slice(0, room);
    room -= values.length;
    if (values.length > 0) kept[name] = values;
  }
  return kept;
}

function joinSeen(one: Manifest['seen'], other: Manifest['seen']): Record<string, number> {
  const units = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(units.map((unit) => [unit, Math.max(seenOf({ seen: one }, unit), seenOf({ seen: other }, unit))]));
}

function sameBody(one: Body, other: Body): boolean {
  const names = Object.keys(one.entries);
  return (
    one.epoch === other.epoch &&
    one.floor === other.floor &&
    sameSeen(one.seen, other.seen) &&
    names.length === Object.keys(other.entries).length &&
    names.every((name) => sameValues(valuesOf(one, name), valuesOf(other, name)))
  );
}

function sameSeen(one: Manifest['seen'], other: Manifest['seen']): boolean {
  const units = Object.keys(one);
  return units.length === Object.keys(other).length && units.every((unit) => seenOf({ seen: one }, unit) === seenOf({ seen: other }, unit));
}

const sameValues = (one: readonly Value[], other: readonly Value[]): boolean =>
  one.length === other.length && one.every((value, at) => compareValues(value, other[at] as Value) === 0);

export interface Authoring {
  readonly site: string;
  readonly author: string;
  /** Epoch of the pair; never below that of what is changed. */
  readonly epoch: number;
  /** Nothing older than what is changed shall count any more. */
  readonly raiseFloor?: boolean;
}

/** The next version after `current` with these changes; null = they change nothing. Siblings of a changed entry stay, those of a removed one go with it. Errors: SiteError too-large. */
export function edited(current: Manifest | null, hash: string | null, changes: ReadonlyMap<string, Content>, authoring: Authoring): Manifest | null {
  const { author, raiseFloor } = authoring;
  const version = nextVersion(current);
  const epoch = Math.max(authoring.epoch, current?.epoch ?? 0);
  const entries: Record<string, Value> = { ...current?.entries };
  const siblings: Record<string, readonly Value[]> = { ...current?.siblings };
  const real = [...changes].filter(([name, content]) => entries[name]?.sha256 !== content?.sha256);
  if (real.length === 0 && raiseFloor !== true) return null;
  for (const [name, content] of real) {
    if (content === null) delete entries[name];
    else entries[name] = { ...content, epoch, at: version, by: author };
    const left = content === null ? [] : (siblings[name] ?? []).filter(({ sha256 }) => sha256 !== content.sha256);
    if (left.length === 0) delete siblings[name];
    else siblings[name] = left;
  }
  if (Object.keys(entries).length > maxEntries) throw new SiteError('too-large', `a site has at most ${maxEntries} entries`);
  const floor = raiseFloor === true ? version : (current?.floor ?? 0);
  return authored({ epoch, floor, seen: { ...current?.seen, [author]: version }, entries, siblings }, version, hash === null ? [] : [hash], authoring);
}

/** Settles a two-sided edit: of the values of `name` the one with this hash is in force, the others go. Errors: SiteError missing. */
export function settled(current: Manifest, hash: string, name: string, sha256: string, authoring: Authoring): Manifest {
  const chosen = valuesOf(current, name).find((value) => value.sha256 === sha256);
  if (chosen === undefined) throw new SiteError('missing', `${name} has no such sibling`);
  const version = nextVersion(current);
  const epoch = Math.max(authoring.epoch, current.epoch);
  const { [name]: _, ...siblings } = current.siblings;
  const entries = { ...current.entries, [name]: { ...chosen, epoch, at: version, by: authoring.author } };
  return authored({ epoch, floor: current.floor, seen: { ...current.seen, [authoring.author]: version }, entries, siblings }, version, [hash], authoring);
}

/** The joint manifest of two. It brings no change of its own, so both units may make it, and what they make is the same but for the name under it. */
export function merged(body: Body, of: readonly Manifest[], hashes: readonly string[], authoring: Authoring): Manifest {
  return authored(body, Math.max(...of.map(({ version }) => version)) + 1, [...hashes].sort(compareText), authoring);
}

const nextVersion = (current: Manifest | null): number => (current?.version ?? 0) + 1;

function authored(body: Body, version: number, parents: readonly string[], { site, author }: Authoring): Manifest {
  return { schema: 1, site, version, author, parents, ...body };
}

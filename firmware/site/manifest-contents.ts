import type { Content, Manifest, Value } from './manifest.ts';
import { valuesOf } from './manifest.ts';

/** A two-sided edit that nobody has settled. */
export interface Sibling {
  readonly name: string;
  readonly inForce: Value;
  readonly others: readonly Value[];
}

export const siblingsOf = (manifest: Manifest): Sibling[] =>
  Object.keys(manifest.siblings).map((name) => {
    const [inForce, ...others] = valuesOf(manifest, name);
    return { name, inForce: inForce as Value, others };
  });

/** Greetings and settings as they were; owners and the units of the site as they are. */
export function rolledBack(now: Manifest | null, old: Manifest): Map<string, Content> {
  const names = new Set([...Object.keys(now?.entries ?? {}), ...Object.keys(old.entries)]);
  // A version from before there were settings does not take them away.
  const chosen = [...names].filter((name) => !stays.test(name) && (name !== 'settings' || old.entries[name] !== undefined));
  return new Map(chosen.map((name) => [name, contentOf(old.entries[name])]));
}

/** An old PIN must not come back, nor a unit that was removed. */
const stays = /^(owner|member)\//;

const contentOf = (value: Value | undefined): Content => (value === undefined ? null : { sha256: value.sha256, bytes: value.bytes });

/** Names whose content differs; all of them when it is not sure what is in force. */
export function changedNames(old: Manifest | null, next: Manifest, inForce: boolean): string[] {
  const names = [...new Set([...Object.keys(old?.entries ?? {}), ...Object.keys(next.entries)])];
  return inForce ? names.filter((name) => old?.entries[name]?.sha256 !== next.entries[name]?.sha256) : names;
}

/** What has to be kept for it. */
export const everyValue = (manifest: Manifest): Value[] => [...Object.values(manifest.entries), ...Object.values(manifest.siblings).flat()];

/** Each content once. */
export const distinctValues = (values: readonly Value[]): Value[] => [...new Map(values.map((value) => [value.sha256, value])).values()];

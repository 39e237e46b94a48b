import type { Content, Manifest, Value } from './manifest.ts';

/** Greetings and settings as they were; owners as they are. */
export function rolledBack(now: Manifest | null, old: Manifest): Map<string, Content> {
  const names = new Set([...Object.keys(now?.entries ?? {}), ...Object.keys(old.entries)]);
  // A version from before there were settings does not take them away.
  const chosen = [...names].filter((name) => !name.startsWith('owner/') && (name !== 'settings' || old.entries[name] !== undefined));
  return new Map(chosen.map((name) => [name, contentOf(old.entries[name])]));
}

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

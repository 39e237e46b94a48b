/**
 * One text for one value: keys in code unit order, no spaces, numbers and strings as JSON.stringify writes them (the rules of
 * RFC 8785 for what occurs here: whole numbers, texts, lists, groups, null). Two units must hash and sign the same bytes.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const group = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(group).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(group[key])}`).join(',')}}`;
}

export const canonicalBytes = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalJson(value));

import { childNode, jsonSchema, pathText } from './json-schema.ts';
import type { SchemaNode, Step } from './json-schema.ts';
import type { Settings } from './settings.ts';

/**
 * The settings in force as 'sip.port = 5060', one value a line, for people. Secrets are not in it. `under` keeps one section
 * ('sip') or one part of it ('peers[0].register'); nothing by that name gives no lines.
 */
export function settingsLines(settings: Settings, under = ''): string[] {
  return values(settings, [], jsonSchema)
    .filter(({ path }) => under === '' || path === under || path.startsWith(`${under}.`) || path.startsWith(`${under}[`))
    .map(({ path, text }) => `${path} = ${text}`);
}

interface Shown {
  readonly path: string;
  readonly text: string;
}

function values(value: unknown, path: readonly Step[], node: SchemaNode | null): Shown[] {
  const isList = Array.isArray(value);
  const isGroup = !isList && typeof value === 'object' && value !== null;
  const plainList = isList && !value.some((item) => typeof item === 'object');
  if (isList && !plainList) return value.flatMap((item, index) => values(item, [...path, index], childNode(node, index)));
  if (isGroup) return Object.entries(value).flatMap(([key, inner]) => values(inner, [...path, key], childNode(node, key)));
  return [{ path: pathText(path), text: node?.secret === true ? '(not shown)' : JSON.stringify(value) }];
}

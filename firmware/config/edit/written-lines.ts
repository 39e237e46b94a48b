import { childNode, jsonSchema } from '../json-schema.ts';
import type { SchemaNode } from '../json-schema.ts';
import { isNamedList, namingKey } from './setting-path.ts';

/** One value that is written in a configuration. */
interface Written {
  readonly path: string;
  /** As JSON; never shown of a secret. */
  readonly text: string;
  readonly secret: boolean;
}

/** What is written in a configuration, one value a line, items by their names. `under` keeps one part of it ('sip', 'mailboxes[201]'). */
export function writtenLines(value: unknown, under = ''): string[] {
  return inside(written(value, '', jsonSchema), under).map(line);
}

/** What differs: '- ' what was written, '+ ' what is now. Of a secret only that it changed. */
export function differenceLines(before: unknown, after: unknown): string[] {
  const [old, next] = [before, after].map((value) => new Map(written(value, '', jsonSchema).map((one) => [one.path, one]))) as [Map<string, Written>, Map<string, Written>];
  const gone = [...old.values()].filter((one) => next.get(one.path)?.text !== one.text).map((one) => ({ one, sign: '-' }));
  const come = [...next.values()].filter((one) => old.get(one.path)?.text !== one.text).map((one) => ({ one, sign: '+' }));
  const order = [...new Set([...old.keys(), ...next.keys()])];
  return [...gone, ...come].sort((a, b) => order.indexOf(a.one.path) - order.indexOf(b.one.path)).map(({ one, sign }) => `${sign} ${line(one)}`);
}

/** 'mailboxes[2].name' of a fault as 'mailboxes[203].name', as the console names it. */
export function namedPath(path: string, value: unknown): string {
  return path.replace(/^(\w+)\[(\d+)\]/, (all, list: string, index: string) => {
    const items = (value as Record<string, unknown> | null)?.[list];
    const name = Array.isArray(items) ? nameOf(items[Number(index)], childNode(jsonSchema, list)) : null;
    return name === null ? all : `${list}[${name}]`;
  });
}

const line = ({ path, text, secret }: Written): string => `${path} = ${secret ? '(not shown)' : text}`;

const inside = (all: readonly Written[], under: string): Written[] =>
  all.filter(({ path }) => under === '' || path === under || path.startsWith(`${under}.`) || path.startsWith(`${under}[`));

function written(value: unknown, path: string, node: SchemaNode | null): Written[] {
  if (Array.isArray(value) && node !== null && isNamedList(node) && value.length > 0) {
    return value.flatMap((item, index) => written(item, `${path}[${nameOf(item, node) ?? index}]`, childNode(node, 0)));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => written(inner, path === '' ? key : `${path}.${key}`, childNode(node, key)));
  }
  return [{ path, text: JSON.stringify(value), secret: node?.secret === true }];
}

function nameOf(item: unknown, list: SchemaNode | null): string | null {
  const name = list === null ? undefined : (item as Record<string, unknown> | null)?.[namingKey(list)];
  return typeof name === 'string' ? name : null;
}

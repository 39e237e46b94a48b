import { childNode, jsonSchema, withoutNull } from '../json-schema.ts';
import type { SchemaNode } from '../json-schema.ts';
import { nearest } from '../nearest.ts';

/** A key of a group, or the item of a list that bears a name. */
export type NamedStep = string | { readonly item: string };

/** A place in the configuration as people name it: 'sip.port', 'mailboxes[201].name'. Items go by their name, as in `plan.ts`, never by their count. */
export interface SettingPath {
  readonly text: string;
  readonly steps: readonly NamedStep[];
  readonly node: SchemaNode;
}

/** The path, or why there is no such place, as a sentence without its full stop. */
export function readSettingPath(text: string): SettingPath | { readonly problem: string } {
  const steps: NamedStep[] = [];
  let node: SchemaNode = jsonSchema;
  if (!/^[A-Za-z0-9]+(?:\.[A-Za-z0-9]+|\[[^\][]+\])*$/.test(text)) return { problem: 'a path is written like sip.port or mailboxes[201].name' };
  for (const part of text.match(/\[[^\][]+\]|[^.[\]]+/g) ?? []) {
    const next = part.startsWith('[') ? itemStep(node, part.slice(1, -1)) : keyStep(node, part);
    if ('problem' in next) return next;
    steps.push(next.step);
    node = next.node;
  }
  return { text, steps, node };
}

type Taken = { readonly step: NamedStep; readonly node: SchemaNode } | { readonly problem: string };

function keyStep(node: SchemaNode, key: string): Taken {
  const inner = withoutNull(node);
  if (isNamedList(inner)) return { problem: `${key} must follow the name of an item, in brackets` };
  const child = childNode(node, key);
  if (child !== null) return { step: key, node: child };
  const known = Object.keys(inner.properties ?? {});
  if (known.length === 0) return { problem: `nothing lies below here that could be ${key}` };
  const meant = nearest(key, known);
  return { problem: `there is no key ${key} here; ${meant === null ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`}` };
}

function itemStep(node: SchemaNode, name: string): Taken {
  const inner = withoutNull(node);
  return isNamedList(inner) ? { step: { item: name }, node: inner.items as SchemaNode } : { problem: `[${name}] does not belong here: this is no list of groups` };
}

/** A list whose items are groups; the first key of such a group names it (`peers` by name, `mailboxes` by number). */
export function isNamedList(node: SchemaNode): boolean {
  return withoutNull(node).items?.properties !== undefined;
}

export function namingKey(list: SchemaNode): string {
  return Object.keys(withoutNull(list).items?.properties ?? {})[0] ?? '';
}

/** Whether a value can stand there: no group, no list of groups. */
export function isLeaf(node: SchemaNode): boolean {
  return withoutNull(node).properties === undefined && !isNamedList(node);
}

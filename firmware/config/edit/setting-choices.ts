import { expectation } from '../expectation.ts';
import { allowsNull, childNode, jsonSchema, withoutNull } from '../json-schema.ts';
import type { SchemaNode } from '../json-schema.ts';
import { timeZone } from '../text-forms.ts';
import { isLeaf, isNamedList, namingKey, readSettingPath } from './setting-path.ts';
import type { NamedStep } from './setting-path.ts';

/** One way in which a path that is being typed may go on. */
export interface PathChoice {
  /** The path up to and with it; ends with '.' or '[' where it must go on. */
  readonly text: string;
  readonly help: string;
}

const mostChoices = 200;

/** What a path that begins with `partial` may become, one step at a time: 'sip.' then 'sip.port'. `value` is the configuration as it is written, for the names of its items. */
export function pathChoices(partial: string, value: unknown): readonly PathChoice[] {
  const cut = stepStart(partial);
  const before = partial.slice(0, cut);
  const place = before === '' ? { text: '', steps: [], node: jsonSchema } : readSettingPath(before);
  if ('problem' in place) return [];
  const found = isNamedList(place.node) ? itemChoices(before, place.node, valueAt(value, place.steps)) : keyChoices(before, place.node);
  return found.filter(({ text }) => text.startsWith(partial)).slice(0, mostChoices);
}

/** What may be written for the value of a place: words, where there are few. */
export function valueChoices(node: SchemaNode): readonly string[] {
  const inner = withoutNull(node);
  const words = inner.enum ?? inner.items?.enum ?? (inner.type === 'boolean' ? ['true', 'false'] : []);
  const zones = inner.form === timeZone.form ? ['UTC', ...Intl.supportedValuesOf('timeZone')] : [];
  return [...words, ...zones, ...(allowsNull(node) ? ['null'] : [])];
}

/** Meaning, range, unit and default of a value, and what is written now. */
export function settingHelp(node: SchemaNode, written: unknown = undefined): string {
  const inner = withoutNull(node);
  const about = node.description ?? inner.description ?? '';
  if (!isLeaf(node)) return about;
  const standard = node.default === undefined ? '' : `; default ${JSON.stringify(node.default)}`;
  const now = written === undefined ? '' : `; now ${inner.secret === true ? 'set' : JSON.stringify(written)}`;
  const unit = inner.unit === undefined ? '' : `, in ${inner.unit}`;
  return `${about} Must be ${expectation(node)}${unit}${standard}${now}`;
}

/** What is written at a place; undefined = nothing. */
export function valueAt(value: unknown, steps: readonly NamedStep[]): unknown {
  let node: SchemaNode | null = jsonSchema;
  let at = value;
  for (const step of steps) {
    const list: SchemaNode = node ?? {};
    if (typeof step === 'string') at = (at as Record<string, unknown> | null | undefined)?.[step];
    else at = Array.isArray(at) ? at.find((item) => (item as Record<string, unknown> | null)?.[namingKey(list)] === step.item) : undefined;
    node = childNode(node, typeof step === 'string' ? step : 0);
  }
  return at;
}

/** Where the step begins that still grows: behind the last '.', at the last '[' outside of a whole name, or at the end behind ']'. */
function stepStart(partial: string): number {
  if (partial.endsWith(']')) return partial.length;
  const open = partial.lastIndexOf('[');
  return open > partial.lastIndexOf(']') ? open : Math.max(0, partial.lastIndexOf('.'));
}

function keyChoices(before: string, node: SchemaNode): PathChoice[] {
  const prefix = before === '' ? '' : `${before}.`;
  return Object.entries(withoutNull(node).properties ?? {}).map(([key, child]) => ({ text: `${prefix}${key}${goesOn(child)}`, help: settingHelp(child) }));
}

/** A group is followed by its keys, a list by the name of an item. */
function goesOn(node: SchemaNode): string {
  if (isNamedList(node)) return '[';
  return isLeaf(node) ? '' : '.';
}

function itemChoices(before: string, list: SchemaNode, items: unknown): PathChoice[] {
  const names = (Array.isArray(items) ? items : []).map((item) => (item as Record<string, unknown> | null)?.[namingKey(list)]);
  return names.filter((name) => typeof name === 'string').map((name) => ({ text: `${before}[${name}]`, help: `item of ${before}` }));
}

import { toJsonSchema } from '@valibot/to-json-schema';
import { schema } from './schema.ts';

/**
 * One node of the JSON Schema (draft 2020-12), as far as the configuration uses it. Beside the standard keywords it carries ours:
 * `unit`, `form` (completes "must be ...") and `secret`.
 */
export interface SchemaNode {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'null';
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly unit?: string;
  readonly form?: string;
  readonly secret?: boolean;
}

/** What stands at each place of the file: a key of a group or an index of a list. */
export type Step = string | number;

/** The JSON Schema of the configuration file, for editors and for everything here that asks what may stand where. */
export const jsonSchema: SchemaNode = toJsonSchema(schema, {
  target: 'draft-2020-12',
  typeMode: 'input',
  // `check` actions hold rules that JSON Schema cannot say; `form` tells them in words.
  errorMode: 'ignore',
}) as SchemaNode;

/** The node itself, or the one beside null where nothing is allowed too. */
export function withoutNull(node: SchemaNode): SchemaNode {
  return node.anyOf?.find((one) => one.type !== 'null') ?? node;
}

export function allowsNull(node: SchemaNode): boolean {
  return node.type === 'null' || (node.anyOf?.some((one) => one.type === 'null') ?? false);
}

/** The node one step further in; null where the file may have nothing. */
export function childNode(node: SchemaNode | null, step: Step): SchemaNode | null {
  if (node === null) return null;
  const inner = withoutNull(node);
  if (typeof step === 'number') return inner.items ?? null;
  const properties = inner.properties ?? {};
  return Object.hasOwn(properties, step) ? (properties[step] ?? null) : null;
}

export function nodeAt(path: readonly Step[]): SchemaNode | null {
  return path.reduce<SchemaNode | null>(childNode, jsonSchema);
}

/** 'mailboxes[2].number'; '' is the whole file. */
export function pathText(path: readonly Step[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** One value a person can set, at a path in which '[]' stands for each item of a list. */
export interface Leaf {
  readonly path: string;
  readonly node: SchemaNode;
  readonly required: boolean;
}

/** Every value a person can set, in the order of the schema. */
export function leaves(node: SchemaNode = jsonSchema, path = '', required = true): Leaf[] {
  const inner = withoutNull(node);
  if (inner.properties !== undefined) {
    return Object.entries(inner.properties).flatMap(([key, child]) =>
      leaves(child, path === '' ? key : `${path}.${key}`, inner.required?.includes(key) ?? false),
    );
  }
  if (inner.items?.properties !== undefined) return leaves(inner.items, `${path}[]`, true);
  return [{ path, node, required }];
}

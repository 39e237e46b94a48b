import type { NamesPrompt, PromptItem } from '../document/flow-document.ts';
import { promptSchema } from '../document/flow-document.ts';
import type { ReadyNode } from '../document/parse-flow.ts';

/** A prompt in a node. */
export interface PromptPlace {
  /** JSON pointer from the node. */
  readonly place: string;
  readonly item: PromptItem;
  /** Variables are not filled in: a dollar is a dollar. */
  readonly literal: boolean;
}

/** Of a valibot schema what the walk needs. */
interface Shape {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly item?: Shape;
  readonly wrapped?: Shape;
  readonly pipe?: readonly Shape[];
  readonly metadata?: { readonly namesPrompt?: NamesPrompt };
}

/** Every prompt that a node names, in its own prompts and in lists, groups and optional keys of `with`: the schema of the action says where they stand. */
export function promptPlaces({ node, kind, settings }: ReadyNode): PromptPlace[] {
  const own = node.prompts.map((item, index): PromptPlace => ({ place: `/prompts/${index}`, item, literal: false }));
  return [...own, ...within(kind.schema as Shape, settings, '/with')];
}

function within(schema: Shape, value: unknown, place: string): PromptPlace[] {
  if (value === null || value === undefined) return [];
  if (schema === (promptSchema as Shape)) return [{ place, item: value as PromptItem, literal: false }];
  const named = schema.pipe?.find(({ metadata }) => metadata?.namesPrompt !== undefined)?.metadata?.namesPrompt;
  if (named !== undefined && typeof value === 'string') return named.but?.includes(value) === true ? [] : [{ place, item: value, literal: named.literal === true }];
  if (schema.wrapped !== undefined) return within(schema.wrapped, value, place);
  const { item, entries } = schema;
  if (item !== undefined && Array.isArray(value)) return value.flatMap((one, index) => within(item, one, `${place}/${index}`));
  if (entries === undefined) return [];
  return Object.entries(entries).flatMap(([key, one]) => within(one, (value as Readonly<Record<string, unknown>>)[key], `${place}/${key}`));
}

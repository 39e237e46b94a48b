import * as v from 'valibot';
import { allowsNull, withoutNull } from '../json-schema.ts';
import type { SchemaNode, Step } from '../json-schema.ts';
import { schema } from '../schema.ts';
import { valueFault } from '../value-faults.ts';
import type { YamlTree } from '../yaml-tree.ts';
import type { SettingPath } from './setting-path.ts';

/** Words of the console to the value that the schema wants there. What does not fit stays text, for the check to say what is wrong with it. */
export function settingValue(node: SchemaNode, text: string): unknown {
  if (text === 'null' && allowsNull(node)) return null;
  const inner = withoutNull(node);
  if (inner.type === 'integer') return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : text;
  if (inner.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (inner.type !== 'array' || inner.items === undefined) return text;
  const items = text.replace(/^\[(.*)\]$/, '$1').split(',').map((item) => item.trim()).filter((item) => item !== '');
  return items.map((item) => settingValue(inner.items as SchemaNode, item));
}

/** What is wrong with one value by itself, as a sentence without its full stop; null = nothing. Rules that join keys are for the whole file. */
export function valueProblem(steps: SettingPath['steps'], value: unknown): string | null {
  const path: Step[] = steps.map((step) => (typeof step === 'string' ? step : 0));
  const { issues } = v.safeParse(schemaAt(path), value, { abortPipeEarly: true });
  const issue = issues?.[0];
  if (issue === undefined) return null;
  const whole = [...path.map((key) => ({ key })), ...(issue.path ?? [])];
  const { message, suggestion } = valueFault({ ...issue, path: whole } as unknown as v.BaseIssue<unknown>, noPlaces);
  return suggestion === null ? message : `${message} (${suggestion})`;
}

const nowhere = { line: 0, column: 0 };
const noPlaces: YamlTree = { value: undefined, place: () => nowhere, keyPlace: () => nowhere, faults: [] };

interface AnySchema {
  readonly wrapped?: AnySchema;
  readonly entries?: Readonly<Record<string, AnySchema>>;
  readonly item?: AnySchema;
}

/** The checks of one place; the path is known to lie in the schema. */
function schemaAt(path: readonly Step[]): v.GenericSchema {
  let at = schema as unknown as AnySchema;
  for (const step of path) {
    const inner = withoutDefault(at);
    at = (typeof step === 'number' ? inner.item : inner.entries?.[step]) as AnySchema;
  }
  return at as unknown as v.GenericSchema;
}

/** A pipe carries what its first schema has; only defaults and null are put around it. */
function withoutDefault(node: AnySchema): AnySchema {
  return node.wrapped === undefined ? node : withoutDefault(node.wrapped);
}

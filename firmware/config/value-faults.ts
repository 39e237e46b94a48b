import type { BaseIssue } from 'valibot';
import { expectation } from './expectation.ts';
import type { Finding } from './fault.ts';
import { jsonSchema, leaves, nodeAt, pathText, withoutNull } from './json-schema.ts';
import type { SchemaNode, Step } from './json-schema.ts';
import { nearest } from './nearest.ts';
import { timeZone } from './text-forms.ts';
import type { YamlTree } from './yaml-tree.ts';

/** A fault of one value, told in the terms of the file. */
export function valueFault(issue: BaseIssue<unknown>, tree: YamlTree): Finding {
  const path = (issue.path ?? []).map((step) => step.key as Step);
  const node = nodeAt(path);
  if (node === null) return unknownKey(path, tree);
  const missing = issue.type === 'strict_object' && issue.received === 'undefined' && path.length > 0;
  return missing ? missingKey(path, node, tree) : wrongValue(path, node, issue.input, tree);
}

function unknownKey(path: readonly Step[], tree: YamlTree): Finding {
  const parent = withoutNull(nodeAt(path.slice(0, -1)) ?? jsonSchema);
  const known = Object.keys(parent.properties ?? {});
  const typed = String(path.at(-1));
  const meant = nearest(typed, known);
  const elsewhere = leaves().find((leaf) => leaf.path.endsWith(`.${typed}`));
  const advice = meant ?? elsewhere?.path;
  return {
    path: pathText(path),
    ...tree.keyPlace(path),
    message: 'there is no such key',
    suggestion: advice === undefined ? `known here: ${known.join(', ')}` : `did you mean ${advice}?`,
  };
}

function missingKey(path: readonly Step[], node: SchemaNode, tree: YamlTree): Finding {
  return {
    path: pathText(path),
    ...tree.place(path.slice(0, -1)),
    message: `the key is missing; it must be ${expectation(node)}`,
    suggestion: node.type === 'array' && node.minItems === undefined ? `write ${path.at(-1)}: [] for none` : null,
  };
}

function wrongValue(path: readonly Step[], node: SchemaNode, input: unknown, tree: YamlTree): Finding {
  return {
    path: pathText(path),
    ...tree.place(path),
    message: `must be ${expectation(node)}${instead(node, input)}`,
    suggestion: suggestion(withoutNull(node), input),
  };
}

/** What stands there, unless it is secret, long, or nothing. */
function instead(node: SchemaNode, input: unknown): string {
  if (node.secret === true) return '';
  if (Array.isArray(input)) return `, not a list of ${input.length}`;
  if (typeof input === 'object' && input !== null) return ', not a group of keys';
  if (input === null || input === undefined) return ', not nothing';
  const shown = typeof input === 'string' ? JSON.stringify(input) : String(input);
  return shown.length > 40 ? '' : `, not ${shown}`;
}

function suggestion(node: SchemaNode, input: unknown): string | null {
  if (typeof input !== 'string') return listSuggestion(node, input);
  if (node.type === 'integer' && /^-?[0-9]+$/.test(input)) return `write ${input} without quotes`;
  if (node.type === 'integer' && /^-?[0-9]+\s*[A-Za-z]+$/.test(input)) return `write ${Number.parseInt(input, 10)} without a unit`;
  if (node.type === 'boolean') return booleanSuggestion(input);
  const words = node.form === timeZone.form ? Intl.supportedValuesOf('timeZone') : (node.enum ?? []);
  const meant = nearest(input, words);
  return meant === null ? listSuggestion(node, input) : `did you mean ${meant}?`;
}

function booleanSuggestion(input: string): string | null {
  if (/^(?:yes|on|true|y)$/i.test(input)) return 'write true';
  return /^(?:no|off|false|n)$/i.test(input) ? 'write false' : null;
}

function listSuggestion(node: SchemaNode, input: unknown): string | null {
  if (node.type !== 'array' || typeof input === 'object') return null;
  return `write it as a list: [${JSON.stringify(input)}]`;
}

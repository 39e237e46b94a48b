import type { InferInput } from 'valibot';
import { expectation } from './expectation.ts';
import { jsonSchema, withoutNull } from './json-schema.ts';
import type { SchemaNode } from './json-schema.ts';
import type { schema } from './schema.ts';

/** What a sample sets otherwise than the schema's defaults, in the shape of the file. */
export type SampleChoices = Partial<InferInput<typeof schema>>;

/** A telephone or PBX on the same machine, and five mailboxes. */
const sampleChoices = {
  peers: [{ name: 'local', addresses: ['127.0.0.1', '::1'] }],
  mailboxes: [
    { number: '201', name: 'Ada' },
    { number: '202', name: 'Blaise' },
    { number: '203', name: 'Carl' },
    { number: '204', name: 'Daniel' },
    { number: '205', name: 'Emmy' },
  ],
} satisfies SampleChoices;

const head = [
  'Configuration of an Understudy unit, in YAML 1.2.',
  'What is left out has its default; keys that do not exist are refused.',
  'Put numbers that begin with * in quotes. Check the file with: understudy check FILE',
];

/** A configuration file for people to edit: valid as it is, each key with its meaning, range and default above it. */
export function sampleConfiguration(choices: SampleChoices = {}): string {
  const values = { ...sampleChoices, ...choices };
  const lines = [...head.flatMap((sentence) => comment(sentence, '')), ...group(jsonSchema, values, '', true)];
  return `${lines.join('\n')}\n`;
}

/** Every key of the group; a section begins after an empty line. */
function group(node: SchemaNode, values: Record<string, unknown>, indent: string, commented: boolean): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const value = values[key] ?? child.default;
    if (value === undefined || (!commented && values[key] === undefined)) return [];
    const above = commented ? [...(indent === '' ? [''] : []), ...comment(meaning(child), indent)] : [];
    return [...above, ...entry(key, child, value, indent, commented)];
  });
}

function entry(key: string, node: SchemaNode, value: unknown, indent: string, commented: boolean): string[] {
  const inner = withoutNull(node);
  const items = inner.items?.properties === undefined ? null : inner.items;
  if (items !== null && Array.isArray(value) && value.length > 0) return [`${indent}${key}:`, ...list(items, value, `${indent}  `)];
  const isGroup = inner.properties !== undefined && value !== null;
  if (isGroup) return [`${indent}${key}:`, ...group(inner, value as Record<string, unknown>, `${indent}  `, commented)];
  return [`${indent}${key}: ${scalar(value)}`];
}

/** The first item explains the keys; the others set only their own. */
function list(items: SchemaNode, values: readonly unknown[], indent: string): string[] {
  return values.flatMap((value, index) => {
    const [first = '{}', ...rest] = group(items, value as Record<string, unknown>, `${indent}  `, index === 0);
    return [`${indent}- ${first.trimStart()}`, ...rest];
  });
}

function meaning(node: SchemaNode): string {
  const about = node.description ?? '';
  const isSection = node.properties !== undefined || node.items?.properties !== undefined;
  if (isSection) return about;
  const standard = node.default === undefined ? '' : `; default ${scalar(node.default)}`;
  const words = expectation(node);
  return `${about} ${words.charAt(0).toUpperCase()}${words.slice(1)}${standard}.`;
}

/** A sentence as comment lines of at most 100 columns. */
function comment(sentence: string, indent: string): string[] {
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of sentence.split(' ')) {
    if (line.length + 1 + word.length > 100) {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** Words that YAML 1.1 readers (many editors) take for something else than text. */
const notPlain = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

function scalar(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  const plain = typeof value === 'string' && /^[A-Za-z][A-Za-z0-9/_-]*$/.test(value) && !notPlain.test(value);
  return plain ? value : JSON.stringify(value);
}

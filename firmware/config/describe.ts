import { expectation } from './expectation.ts';
import { jsonSchema, leaves } from './json-schema.ts';
import type { Leaf } from './json-schema.ts';

/** The settings reference in Markdown: one table per section, one row per key, all of it out of the schema. */
export function describeSettings(): string {
  const sections = Object.entries(jsonSchema.properties ?? {}).map(([key, section]) => {
    const rows = leaves().filter((leaf) => leaf.path === key || leaf.path.startsWith(`${key}.`) || leaf.path.startsWith(`${key}[]`));
    return [`## ${key}`, '', section.description ?? '', '', ...table(rows)].join('\n');
  });
  return `# Settings\n\n\`[]\` stands for each item of a list. Keys that are not here are refused.\n\n${sections.join('\n\n')}\n`;
}

function table(rows: readonly Leaf[]): string[] {
  const head = ['| Key | Must be | Unit | Default | Meaning |', '| --- | --- | --- | --- | --- |'];
  return [...head, ...rows.map((leaf) => `| ${row(leaf).map(cell).join(' | ')} |`)];
}

function row({ path, node, required }: Leaf): string[] {
  const standard = required ? 'required' : node.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``;
  return [`\`${path}\``, expectation(node), node.unit ?? '', standard, node.description ?? ''];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

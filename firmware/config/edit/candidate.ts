import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, ParsedNode, YAMLMap, YAMLSeq } from 'yaml';
import { childNode, jsonSchema, withoutNull } from '../json-schema.ts';
import type { SchemaNode, Step } from '../json-schema.ts';
import { readYaml } from '../yaml-tree.ts';
import { isLeaf, isNamedList, namingKey } from './setting-path.ts';
import type { NamedStep, SettingPath } from './setting-path.ts';
import { settingValue, valueProblem } from './setting-value.ts';

/**
 * A configuration while it is being edited, as the text that will be written:
 *
 *   text ── yaml Document ──> set, remove ──> text
 *
 * Comments, the order of keys and what was not touched stay; the spacing may become uniform. Single values are checked as they
 * are set; rules that join keys, and keys that are still missing, when all is done.
 */
export class Candidate {
  readonly #document: Document.Parsed;
  /** Whether lists in one row are written [ a ] or [a]. */
  readonly #padded: boolean;
  /** null = to be made anew. Made only when it is asked for: a long paste would make it with every line. */
  #text: string | null;
  #value: { readonly text: string; readonly value: unknown } | null = null;

  private constructor(document: Document.Parsed, text: string) {
    this.#document = document;
    this.#text = text;
    this.#padded = /[[{] /.test(text);
  }

  /** null when the text is not YAML that a configuration may be. */
  static of(text: string): Candidate | null {
    const document = parseDocument(text, { schema: 'core', version: '1.2', prettyErrors: false, uniqueKeys: false });
    const tree = readYaml(text);
    if (tree.faults.length > 0 || document.errors.length > 0) return null;
    if (!isMap(document.contents)) document.contents = document.createNode({}) as unknown as ParsedNode;
    keepWritten(document.contents, jsonSchema);
    return new Candidate(document, text);
  }

  /** Byte for byte the text it came from, until something is changed. */
  get text(): string {
    this.#text ??= this.#document.toString({ lineWidth: 0, flowCollectionPadding: this.#padded });
    return this.#text;
  }

  /** As plain data, like `readYaml` gives it. */
  get value(): unknown {
    const { text } = this;
    if (this.#value?.text !== text) this.#value = { text, value: readYaml(text).value };
    return this.#value.value;
  }

  /** Sets a value, or makes the item that the path names. Makes the groups and items on the way. What is wrong, or null. */
  set(path: SettingPath, text: string | null): string | null {
    const leaf = isLeaf(path.node);
    if (leaf && text === null) return `${path.text} wants a value`;
    if (!leaf && text !== null) return `${path.text} has keys of its own; a value goes to one of them: ${Object.keys(withoutNull(path.node).properties ?? {}).join(', ') || `${path.text}[NAME]`}`;
    if (!leaf && typeof path.steps.at(-1) === 'string') return `${path.text} is a group: set one of its keys`;
    const value = leaf ? settingValue(path.node, text as string) : null;
    const problem = nameProblem(path.steps) ?? (leaf ? valueProblem(path.steps, value) : null);
    if (problem !== null) return problem;
    const where = this.#reach(leaf ? path.steps.slice(0, -1) : path.steps);
    if (leaf) (where as YAMLMap).set(this.#document.createNode(path.steps.at(-1)), keepStyle((where as YAMLMap).get(path.steps.at(-1), true), this.#document.createNode(value)));
    return this.#changed();
  }

  /** Takes a key or an item away: what has a default gets it back. What is wrong, or null. */
  remove(path: SettingPath): string | null {
    const outside = path.steps.slice(0, -1);
    const place = this.#find(outside);
    const last = path.steps.at(-1) as NamedStep;
    const key = typeof last === 'string' ? last : isSeq(place) ? itemIndex(place, last.item, namingKey(nodeOf(outside))) : null;
    if (!(isMap(place) || isSeq(place)) || key === null || !place.has(key)) return `${path.text} is not written in the configuration`;
    // The two lists without a default must say that they are empty.
    if (isNamedList(path.node) && isMap(place)) place.set(key, this.#document.createNode([]));
    else place.delete(key);
    return this.#changed();
  }

  #changed(): null {
    this.#text = null;
    return null;
  }

  /** The node at a place, or null. */
  #find(steps: readonly NamedStep[]): unknown {
    let node: SchemaNode = jsonSchema;
    let at: unknown = this.#document.contents;
    for (const step of steps) {
      const key = typeof step === 'string' ? step : isSeq(at) ? itemIndex(at, step.item, namingKey(node)) : null;
      at = key !== null && (isMap(at) || isSeq(at)) ? at.get(key, true) : null;
      node = childNode(node, typeof step === 'string' ? step : 0) as SchemaNode;
    }
    return at;
  }

  #reach(steps: readonly NamedStep[]): unknown {
    let node: SchemaNode = jsonSchema;
    let at: unknown = this.#document.contents;
    for (const step of steps) {
      at = typeof step === 'string' ? this.#group(at as YAMLMap, step, childNode(node, step) as SchemaNode) : this.#item(at as YAMLSeq, step.item, namingKey(node));
      node = childNode(node, typeof step === 'string' ? step : 0) as SchemaNode;
    }
    return at;
  }

  #group(parent: YAMLMap, key: string, node: SchemaNode): unknown {
    const found = parent.get(key, true);
    if (isMap(found) || isSeq(found)) return found;
    const made = this.#document.createNode(isNamedList(node) ? [] : {});
    parent.set(key, made);
    return made;
  }

  #item(list: YAMLSeq, name: string, key: string): unknown {
    const index = itemIndex(list, name, key);
    if (index !== null) return list.get(index, true);
    // '[]' grows into lines: a long list in one row could not be read.
    if (list.items.length === 0) list.flow = false;
    const made = this.#document.createNode({ [key]: name });
    list.add(made);
    return made;
  }
}

/** Names are keys of the items, so they must be right before an item is made for them. */
function nameProblem(steps: readonly NamedStep[]): string | null {
  for (const [index, step] of steps.entries()) {
    if (typeof step === 'string') continue;
    const list = steps.slice(0, index);
    const problem = valueProblem([...list, step, namingKey(nodeOf(list))], step.item);
    if (problem !== null) return `the name ${problem}`;
  }
  return null;
}

const nodeOf = (steps: readonly NamedStep[]): SchemaNode =>
  steps.reduce<SchemaNode>((at, step) => childNode(at, typeof step === 'string' ? step : 0) as SchemaNode, jsonSchema);

function itemIndex(list: YAMLSeq, name: string, key: string): number | null {
  const index = list.items.findIndex((item) => {
    const found: unknown = isMap(item) ? item.get(key, true) : null;
    return isScalar(found) && (found.source ?? String(found.value)) === name;
  });
  return index < 0 ? null : index;
}

/** The remark behind a value stays behind the new one. */
function keepStyle<Node>(old: unknown, fresh: Node): Node {
  if (isScalar(old) && isScalar(fresh)) {
    fresh.comment = old.comment;
    fresh.commentBefore = old.commentBefore;
  }
  return fresh;
}

/** YAML takes 0201 for a number and would write it as 201: where the schema wants text the value becomes what was written. */
function keepWritten(contents: unknown, root: SchemaNode): void {
  visit(contents as ParsedNode, {
    Scalar(_key, node, ancestors) {
      if (typeof node.value === 'string' || node.value === null || node.source === undefined) return;
      if (withoutNull(schemaOf(node, ancestors, root) ?? {}).type === 'string' && String(node.value) !== node.source) node.value = node.source;
    },
  });
}

/** The place of a node in the schema, from what it lies in. */
function schemaOf(node: unknown, ancestors: readonly unknown[], root: SchemaNode): SchemaNode | null {
  const line = [...ancestors, node];
  const steps: Step[] = [];
  for (const [index, one] of line.entries()) {
    const inner = line[index + 1];
    if (isMap(one) && inner !== undefined) steps.push(String((inner as { key: { value: unknown } }).key.value));
    else if (isSeq(one) && inner !== undefined) steps.push(0);
  }
  return steps.reduce<SchemaNode | null>(childNode, root);
}

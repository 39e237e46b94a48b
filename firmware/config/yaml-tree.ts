import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, ParsedNode, YAMLMap, YAMLSeq } from 'yaml';
import { expectation } from './expectation.ts';
import type { Finding } from './fault.ts';
import { childNode, jsonSchema, pathText, withoutNull } from './json-schema.ts';
import type { SchemaNode, Step } from './json-schema.ts';
import { explainSyntax } from './syntax-faults.ts';

/**
 * The file as plain data, with the place of each value.
 *
 *   text ── yaml ──> nodes ── guided by the schema ──> value + places + faults of form
 *
 * YAML reads 0201 as the number 201; where the schema wants text, the text as written is taken instead. Anchors, aliases and
 * directives are refused: no configuration needs them, and they make small files large.
 */
export interface YamlTree {
  readonly value: unknown;
  /** Of the value, and of its key where the value itself is wrong by being there; the whole file's for an unknown path. */
  place(path: readonly Step[]): Place;
  keyPlace(path: readonly Step[]): Place;
  readonly faults: readonly Finding[];
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Deeper than any key of the schema; deeper nesting is a fault. */
const deepest = 12;

/** Errors of form: never throws, whatever the text. */
export function readYaml(text: string): YamlTree {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'core', version: '1.2', prettyErrors: false, uniqueKeys: false, lineCounter: lines });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = syntaxFaults(document, place);
  if (syntax.length > 0) return { value: undefined, place: () => place(0), keyPlace: () => place(0), faults: syntax };
  return new TreeReader(place).read(document.contents);
}

function syntaxFaults(document: Document.Parsed, place: (offset: number) => Place): Finding[] {
  const faults: Finding[] = [...document.errors, ...document.warnings].map((error) => ({
    path: '',
    ...place(error.pos[0]),
    ...explainSyntax(error.code, error.message),
  }));
  if (document.directives.yaml.version !== '1.2') {
    faults.push({ path: '', ...place(0), message: 'the file asks for another YAML version than 1.2', suggestion: 'remove the line that begins with %YAML' });
  }
  return faults;
}

class TreeReader {
  readonly #place: (offset: number) => Place;
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();
  readonly #faults: Finding[] = [];

  constructor(place: (offset: number) => Place) {
    this.#place = place;
  }

  read(contents: ParsedNode | null): YamlTree {
    const value = this.#value(contents, [], jsonSchema);
    const find = (table: Map<string, number>, path: readonly Step[]) => this.#place(table.get(pathText(path)) ?? 0);
    return {
      value,
      place: (path) => find(this.#values, path),
      keyPlace: (path) => find(this.#keys.has(pathText(path)) ? this.#keys : this.#values, path),
      faults: this.#faults,
    };
  }

  #value(node: ParsedNode | null, path: readonly Step[], expected: SchemaNode | null): unknown {
    if (node === null) return null;
    this.#values.set(pathText(path), node.range[0]);
    if (path.length > deepest) return this.#fault(path, node.range[0], 'groups and lists lie inside each other too deep', null);
    if (isAlias(node)) {
      return this.#fault(path, node.range[0], `*${node.source} without quotes is a YAML alias`, `write "*${node.source}"`);
    }
    if (node.anchor !== undefined) {
      return this.#fault(path, node.range[0], `&${node.anchor} is a YAML anchor, which this file may not have`, 'write the value out at each place, or quote it');
    }
    if (isMap(node)) return this.#group(node, path, expected);
    if (isSeq(node)) return this.#list(node, path, expected);
    return wantsText(expected) && node.value !== null ? (node.source ?? String(node.value)) : node.value;
  }

  /** Without a prototype, so that a key named `__proto__` is a key like any other. */
  #group(node: YAMLMap.Parsed, path: readonly Step[], expected: SchemaNode | null): unknown {
    const group = Object.create(null) as Record<string, unknown>;
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : null;
      if (key === null) {
        this.#fault(path, pair.key.range[0], 'a key must be a plain word', null);
        continue;
      }
      const inner = [...path, key];
      if (key in group) this.#fault(inner, pair.key.range[0], `the key is here twice; it was first in line ${this.#place(this.#keys.get(pathText(inner)) ?? 0).line}`, 'remove one of the two');
      else this.#keys.set(pathText(inner), pair.key.range[0]);
      group[key] = this.#value(pair.value, inner, childNode(expected, key));
    }
    return group;
  }

  /** The checks of a group would take a list for one without keys, and endless lists would be checked to their end: both are told here. */
  #list(node: YAMLSeq.Parsed, path: readonly Step[], expected: SchemaNode | null): unknown {
    const allowed = expected === null ? null : withoutNull(expected);
    const tooLong = node.items.length > (allowed?.maxItems ?? Infinity);
    if (allowed !== null && (tooLong || allowed.properties !== undefined)) {
      return this.#fault(path, node.range[0], `must be ${expectation(allowed)}, not a list of ${node.items.length}`, null);
    }
    return node.items.map((item, index) => {
      const inner = [...path, index];
      return this.#value(item as ParsedNode | null, inner, childNode(expected, index));
    });
  }

  #fault(path: readonly Step[], offset: number, message: string, suggestion: string | null): undefined {
    this.#faults.push({ path: pathText(path), ...this.#place(offset), message, suggestion });
  }
}

function wantsText(expected: SchemaNode | null): boolean {
  return expected !== null && withoutNull(expected).type === 'string';
}

import * as v from 'valibot';
import { nearest } from '../../config/nearest.ts';
import type { ActionKind } from '../actions/action.ts';
import type { FlowDocument, FlowNode } from './flow-document.ts';
import { flowSchema, mostFlowBytes, mostNodes } from './flow-document.ts';

/** What is wrong with a flow: where, in a sentence with a remedy. */
export interface FlowFault {
  /** JSON pointer (RFC 6901) into the document; '' = all of it. */
  readonly place: string;
  /** null = it is not about one. */
  readonly node: string | null;
  readonly text: string;
}

/** A node as it runs: `settings` is its `with`, checked and complete. */
export interface ReadyNode {
  readonly name: string;
  readonly node: FlowNode;
  readonly kind: ActionKind;
  readonly settings: unknown;
}

/** A flow as it runs. */
export interface ReadyFlow {
  readonly document: FlowDocument;
  readonly nodes: ReadonlyMap<string, ReadyNode>;
}

export type ParsedFlow = { readonly flow: ReadyFlow; readonly faults: readonly [] } | { readonly flow: null; readonly faults: readonly FlowFault[] };

/** Faults told of one document; the rest is left out. */
const mostFaults = 100;

/** A flow, or all that is wrong with it. `text`: JSON; a byte-order mark is no part of it. */
export function parseFlow(text: string, kinds: readonly ActionKind[]): ParsedFlow {
  if (Buffer.byteLength(text) > mostFlowBytes) return refused([{ place: '', node: null, text: `a flow has at most ${mostFlowBytes} bytes; move parts of it into modules` }]);
  try {
    return readFlow(JSON.parse(text.replace(/^\uFEFF/, '')), kinds);
  } catch (error) {
    return refused([{ place: '', node: null, text: `this is no JSON: ${(error as Error).message}` }]);
  }
}

/** As `parseFlow`, of a value. */
export function readFlow(value: unknown, kinds: readonly ActionKind[]): ParsedFlow {
  const parsed = v.safeParse(flowSchema, value);
  if (!parsed.success) return refused(parsed.issues.map((issue) => schemaFault(issue, [])));
  const document = parsed.output;
  const names = Object.keys(document.actions);
  const faults: FlowFault[] = [];
  if (names.length > mostNodes) faults.push({ place: '/actions', node: null, text: `a flow has at most ${mostNodes} actions, this one has ${names.length}; move parts of it into modules` });
  if (!names.includes(document.first)) faults.push({ place: '/first', node: null, text: unknownNode(document.first, names) });
  const nodes = new Map<string, ReadyNode>();
  for (const [name, node] of Object.entries(document.actions)) {
    const ready = readyNode(name, node, kinds, names, faults);
    if (ready !== null) nodes.set(name, ready);
  }
  return faults.length > 0 ? refused(faults) : { flow: { document, nodes }, faults: [] };
}

function readyNode(name: string, node: FlowNode, kinds: readonly ActionKind[], names: readonly string[], faults: FlowFault[]): ReadyNode | null {
  const fault = (path: readonly PathKey[], text: string): void => void faults.push({ place: pointer(['actions', name, ...path]), node: name, text });
  for (const [result, target] of Object.entries(node.results)) {
    if (!names.includes(target)) fault(['results', result], unknownNode(target, names));
  }
  const kind = kinds.find((one) => one.name === node.action);
  if (kind === undefined) {
    fault(['action'], `there is no action '${node.action}'${guess(node.action, kinds.map((one) => one.name))}`);
    return null;
  }
  const settings = v.safeParse(kind.schema, node.with);
  if (!settings.success) {
    faults.push(...settings.issues.map((issue) => ({ ...schemaFault(issue, ['actions', name, 'with']), node: name })));
    return null;
  }
  const results = kind.results(settings.output).map((one) => one.name);
  for (const result of Object.keys(node.results)) {
    if (!results.includes(result)) fault(['results', result], `${kind.name} has no result '${result}'${guess(result, results)}; it has ${results.length === 0 ? 'none' : results.join(', ')}`);
  }
  return { name, node, kind, settings: settings.output };
}

type PathKey = string | number;

function schemaFault(issue: v.BaseIssue<unknown>, before: readonly PathKey[]): FlowFault {
  const path = [...before, ...(issue.path ?? []).map((item) => item.key as PathKey)];
  const node = path[0] === 'actions' && path.length > 1 ? String(path[1]) : null;
  if (issue.kind === 'schema' && issue.type === 'strict_object' && issue.expected === 'never') {
    return { place: pointer(path), node, text: `'${String(path.at(-1))}' is not known here; leave it out, or see how it is spelled` };
  }
  return { place: pointer(path), node, text: issue.received === 'undefined' ? `this is missing; expected ${issue.expected ?? 'a value'}` : issue.message };
}

const unknownNode = (name: string, names: readonly string[]): string => `there is no action named '${name}' in this flow${guess(name, names)}`;

function guess(word: string, among: readonly string[]): string {
  const near = nearest(word, among);
  return near === null ? '' : `; did you mean '${near}'?`;
}

const pointer = (path: readonly PathKey[]): string => path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const refused = (faults: readonly FlowFault[]): ParsedFlow => ({ flow: null, faults: faults.slice(0, mostFaults) });

import * as v from 'valibot';
import { conflicts } from './cross-rules.ts';
import type { Draft } from './cross-rules.ts';
import { boundedFaults } from './fault.ts';
import type { Fault, Finding } from './fault.ts';
import { pathText } from './json-schema.ts';
import { incomingRoute, line } from './line-schema.ts';
import { queue } from './queue-schema.ts';
import { mailbox, peer, schema } from './schema.ts';
import type { Settings } from './settings.ts';
import { valueFault } from './value-faults.ts';
import { readYaml } from './yaml-tree.ts';
import type { YamlTree } from './yaml-tree.ts';

export type Parsed = { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly faults: readonly Fault[] };

/** 2000 mailboxes with long names need about 200 KiB; more is refused before it is looked at. */
export const maxConfigurationBytes = 256 * 1024;

/**
 * Text of a configuration file (YAML 1.2, so JSON too) to settings, or all that is wrong with it in the order of the file.
 *
 *   text ── yaml-tree ──> value ── schema ──> sections ── cross-rules ──> Settings
 *               └─ faults ──────────┴─ faults ───────────────┴─ faults ──> Fault[]
 *
 * `fileName` is for the faults only. Never throws, whatever the text.
 */
export function parseConfiguration(text: string, fileName: string): Parsed {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxConfigurationBytes) return refuse(fileName, [tooLarge(bytes)]);
  const tree = readYaml(text);
  if (tree.value === undefined && tree.faults.length > 0) return refuse(fileName, tree.faults);
  const checked = v.safeParse(schema, tree.value, { abortPipeEarly: true });
  const faults = [...tree.faults, ...valueFaults(checked.issues ?? [], tree)];
  const draft = checked.success && tree.faults.length === 0 ? checked.output : soundParts(tree.value);
  for (const { path, message, suggestion } of conflicts(draft)) faults.push({ path: pathText(path), ...tree.place(path), message, suggestion });
  return checked.success && faults.length === 0 ? { ok: true, settings: freeze(checked.output) } : refuse(fileName, faults);
}

/** A value that has a fault of form has no second one of content. */
function valueFaults(issues: readonly v.BaseIssue<unknown>[], tree: YamlTree): Finding[] {
  const told = new Set(tree.faults.map((fault) => fault.path));
  return issues.map((issue) => valueFault(issue, tree)).filter((fault) => !told.has(fault.path));
}

/** What is right by itself in a file with faults, for the rules that join sections. */
function soundParts(value: unknown): Draft {
  const written = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const draft: Record<string, unknown> = {};
  for (const [key, section] of Object.entries(schema.entries)) {
    const result = v.safeParse(section, written[key]);
    if (result.success) draft[key] = result.output;
  }
  return { ...draft, peers: soundItems(peer, written['peers']), mailboxes: soundItems(mailbox, written['mailboxes']), lines: soundItems(line, written['lines']), incoming: soundItems(incomingRoute, written['incoming']), queues: soundItems(queue, written['queues']) };
}

function soundItems<Item extends v.GenericSchema>(item: Item, written: unknown): (v.InferOutput<Item> | null)[] {
  if (!Array.isArray(written)) return [];
  return written.map((one) => {
    const result = v.safeParse(item, one);
    return result.success ? result.output : null;
  });
}

function tooLarge(bytes: number): Finding {
  return { path: '', line: 0, column: 0, message: `the file has ${bytes} bytes; at most ${maxConfigurationBytes} are read`, suggestion: null };
}

function refuse(fileName: string, findings: readonly Finding[]): Parsed {
  return { ok: false, faults: boundedFaults(fileName, findings) };
}

/** Settings are shared by all; nobody may change them. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

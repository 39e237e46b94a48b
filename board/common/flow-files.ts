import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { actions } from '../../firmware/callflow/actions/actions.ts';
import { mostConditionBytes, mostConditions } from '../../firmware/callflow/conditions/condition.ts';
import { parseCondition } from '../../firmware/callflow/conditions/parse-condition.ts';
import { mostFlowBytes } from '../../firmware/callflow/document/flow-document.ts';
import type { ReadyFlow } from '../../firmware/callflow/document/parse-flow.ts';
import { parseFlow } from '../../firmware/callflow/document/parse-flow.ts';
import { faultLine } from '../../firmware/config/fault.ts';
import { parseConfiguration } from '../../firmware/config/parse-configuration.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import type { DocumentFault } from '../../firmware/flows/document-library.ts';
import { halError } from '../../hal/drivers/linux/errno.ts';

export interface ReadFlows {
  /** In the order of the files. */
  readonly flows: readonly ReadyFlow[];
  /** Of each flow, as it is written. */
  readonly texts: readonly string[];
  /** Sentences, each with its file and place. */
  readonly faults: readonly string[];
}

/** Errors: HalError not-found, permission-denied, io. */
export async function readFlows(files: readonly string[]): Promise<ReadFlows> {
  const flows: ReadyFlow[] = [];
  const texts: string[] = [];
  const faults: string[] = [];
  for (const file of files) {
    const text = await textOf(file, mostFlowBytes + 1);
    const parsed = parseFlow(text, actions);
    if (parsed.flow === null) faults.push(...faultLines(file, parsed.faults));
    else if (flows.some(({ document }) => document.name === parsed.flow.document.name)) faults.push(`${file}: /name: another of these files has flow '${parsed.flow.document.name}' too`);
    else {
      flows.push(parsed.flow);
      texts.push(text);
    }
  }
  return { flows, texts, faults };
}

/** Names of the conditions in a folder (*.json), and a sentence on each that has faults. Errors: HalError. */
export async function readConditions(folder: string): Promise<{ readonly names: readonly string[]; readonly faults: readonly string[] }> {
  const found = await readdir(folder).catch((cause: unknown) => Promise.reject(halError(folder, cause)));
  const names: string[] = [];
  const faults: string[] = [];
  for (const file of found.filter((name) => name.endsWith('.json')).sort().slice(0, mostConditions).map((name) => join(folder, name))) {
    const parsed = parseCondition(await textOf(file, mostConditionBytes + 1));
    if (parsed.condition === null) faults.push(...faultLines(file, parsed.faults));
    else names.push(parsed.condition.name);
  }
  return { names, faults };
}

const faultLines = (file: string, faults: readonly DocumentFault[]): string[] => faults.map(({ place, text }) => `${file}: ${place === '' ? '' : `${place}: `}${text}`);

/** null: none was named. A sentence per fault. Errors: HalError. */
export async function readSettings(file: string | null): Promise<Settings | readonly string[] | null> {
  if (file === null) return null;
  const parsed = parseConfiguration(await textOf(file, Infinity), file);
  return parsed.ok ? parsed.settings : parsed.faults.map(faultLine);
}

/** At most so many bytes: what has more is refused by its size, whatever it is. */
async function textOf(file: string, limitBytes: number): Promise<string> {
  try {
    if ((await stat(file)).size > limitBytes) return ' '.repeat(limitBytes);
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw halError(file, cause);
  }
}

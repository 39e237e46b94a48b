import { actions } from '../callflow/actions/actions.ts';
import { mostFlowBytes, namePattern } from '../callflow/document/flow-document.ts';
import type { ReadyFlow } from '../callflow/document/parse-flow.ts';
import { parseFlow } from '../callflow/document/parse-flow.ts';
import type { DocumentLibrary, LibraryKind } from './document-library.ts';

export const mostFlows = 500;

export type FlowLibrary = DocumentLibrary<ReadyFlow>;

export const flowKind: LibraryKind<ReadyFlow> = {
  what: 'flow',
  folder: 'flow',
  most: mostFlows,
  mostBytes: mostFlowBytes,
  mostTogetherBytes: 8 * 1024 * 1024,
  read: (text) => {
    const { flow, faults } = parseFlow(text, actions);
    const name = flow?.document.name ?? nameIn(text);
    return name === null ? null : { name, value: flow, faults };
  },
};

/** Of a document of which perhaps nothing else can be understood. */
export function nameIn(text: string): string | null {
  try {
    const { name } = JSON.parse(text.replace(/^\uFEFF/, '')) as { readonly name?: unknown };
    return typeof name === 'string' && namePattern.test(name) ? name : null;
  } catch {
    return null;
  }
}

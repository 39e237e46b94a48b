import { startKey } from '../callflow/document/start-key.ts';
import { languages } from '../callflow/language/languages.ts';
import { checkFlow } from '../callflow/views/check-flow.ts';
import { outline } from '../callflow/views/outline.ts';
import type { FlowsConsole } from '../console/parts/flows-console.ts';
import type { DocumentFault } from '../flows/document-library.ts';
import { documentsConsole } from './documents-console.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Call flows as the console sees them. */
export function flowsConsole(unit: WholeUnit): FlowsConsole {
  const library = (): WholeUnit['flows']['library'] => unit.flows.library;
  return {
    ...documentsConsole(library, (text) => library().put(text)),
    list: () => [...library().all().values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, value, faults }) => ({
      name,
      actions: value?.nodes.size ?? null,
      starts: value === null ? `not used: ${faults.length} faults; see flow check` : value.document.starts.map(startKey).join('; ') || 'where others lead to it',
    })),
    outline: (name) => {
      const flow = library().get(name)?.value ?? null;
      return flow === null ? ['it has faults and is not used; see flow check'] : outline(flow, languages[0].catalogue);
    },
    check: (name) => check(unit, name),
    prompts: () => unit.flows.prompts.list(),
    removePrompt: (name) => unit.flows.prompts.remove(name),
    variables: () => unit.flows.variables.all(),
    setVariable: (name, value) => unit.flows.variables.set(name, value),
  };
}

function check({ flows, settings }: WholeUnit, name: string): readonly DocumentFault[] {
  const kept = flows.library.get(name);
  if (kept === null || kept.value === null) return kept?.faults ?? [];
  const all = [...flows.library.all().values()].flatMap(({ value }) => value ?? []);
  return checkFlow(kept.value, {
    flows: new Map(all.map((flow) => [flow.document.name, flow])),
    mailboxes: new Set(settings.mailboxes.map(({ number }) => number)),
    conditions: new Set(flows.conditions.all().keys()),
    prompts: new Set(flows.prompts.names()),
  });
}

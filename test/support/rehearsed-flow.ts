import { actions } from '../../firmware/callflow/actions/actions.ts';
import type { ActionKind } from '../../firmware/callflow/actions/action.ts';
import type { ReadyFlow } from '../../firmware/callflow/document/parse-flow.ts';
import { readFlow } from '../../firmware/callflow/document/parse-flow.ts';
import type { DocumentContext } from '../../firmware/callflow/engine/document-context.ts';
import { documentFlow } from '../../firmware/callflow/engine/document-flow.ts';
import type { DocumentState } from '../../firmware/callflow/engine/document-state.ts';
import type { Flow, FlowState } from '../../firmware/callflow/flow.ts';
import { english } from '../../firmware/callflow/language/en/english.ts';
import { act, parseCallerScript } from '../../firmware/callflow/rehearsal/key-script.ts';
import { Rehearsal } from '../../firmware/callflow/rehearsal/rehearsal.ts';
import type { RequestKind } from '../../firmware/callflow/requests/requests.ts';
import type { WallMs } from '../../hal/clock.ts';
import { testSettings } from './sim-unit.ts';

/** A document as a test writes it: form and starts may be left out. */
export type WrittenFlow = { readonly name: string; readonly first: string; readonly actions: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;

export interface RehearsedOptions extends Partial<Omit<DocumentContext, 'flow' | 'flows' | 'tell'>> {
  /** Beside those of the product. */
  readonly kinds?: readonly ActionKind[];
  readonly request?: (kind: RequestKind, ask: unknown) => unknown;
}

export function readyFlow(written: WrittenFlow, kinds: readonly ActionKind[] = []): ReadyFlow {
  const { flow, faults } = readFlow({ form: 1, ...written }, [...actions, ...kinds]);
  if (flow === null) throw new Error(`flow ${written.name}: ${JSON.stringify(faults)}`);
  return flow;
}

/** The flows of a test, the first of which serves the call; what is told goes to `told`. */
export function testFlow(written: readonly WrittenFlow[], options: RehearsedOptions = {}, told: string[] = []): Flow<DocumentState> {
  const { kinds = [], request: _request, ...context } = options;
  const flows = new Map(written.map((one) => [one.name, readyFlow(one, kinds)]));
  const settings = testSettings();
  return documentFlow({
    flow: (written[0] as WrittenFlow).name, point: 'Leave', mailbox: '201', reason: 'default', source: null, unconnected: 'hang-up',
    facts: () => ({ CLI: '301', DDI: '201', NAM: 'Ada' }),
    flows: (name) => flows.get(name) ?? null,
    settings: () => settings,
    nowMs: () => Date.UTC(2026, 0, 5, 9) as WallMs,
    condition: () => false,
    userVariable: () => '',
    tell: (text) => void told.push(text),
    ...context,
  });
}

/** Lets a caller do as the script says (`parseCallerScript`); what they hear, line by line. */
export function rehearse(written: readonly WrittenFlow[], script: string, options: RehearsedOptions = {}): { readonly heard: readonly string[]; readonly told: readonly string[]; readonly rehearsal: Rehearsal } {
  const [heard, told]: [string[], string[]] = [[], []];
  const flow = testFlow(written, options, told) as unknown as Flow<FlowState>;
  const rehearsal = new Rehearsal({ flow, language: english, tell: (line) => void heard.push(line), ...(options.request === undefined ? {} : { request: options.request }) });
  const steps = parseCallerScript(script);
  if (typeof steps === 'string') throw new Error(steps);
  rehearsal.start();
  act(rehearsal, steps);
  return { heard, told, rehearsal };
}

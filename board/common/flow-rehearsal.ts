import { createInterface } from 'node:readline';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { FlowRequest } from '../../firmware/cli/flow-words.ts';
import { documentFlow } from '../../firmware/callflow/engine/document-flow.ts';
import type { ReadyFlow } from '../../firmware/callflow/document/parse-flow.ts';
import type { Flow, FlowState } from '../../firmware/callflow/flow.ts';
import { findLanguage, languages } from '../../firmware/callflow/language/languages.ts';
import type { CallerStep } from '../../firmware/callflow/rehearsal/key-script.ts';
import { act, parseCallerScript } from '../../firmware/callflow/rehearsal/key-script.ts';
import type { CalledOutcome } from '../../firmware/callflow/rehearsal/rehearsed-requests.ts';
import { parseAnswers, rehearsedRequests } from '../../firmware/callflow/rehearsal/rehearsed-requests.ts';
import { Rehearsal } from '../../firmware/callflow/rehearsal/rehearsal.ts';
import { parseConfiguration } from '../../firmware/config/parse-configuration.ts';
import { sampleConfiguration } from '../../firmware/config/sample.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import type { WallMs } from '../../hal/clock.ts';
import { readFlows, readSettings } from './flow-files.ts';
import { failed, print } from './print.ts';

type RunRequest = Extract<FlowRequest, { command: 'flow run' }>;

const tell = (line: string): void => print([line]);
const help = 'Keys are 0-9 * #. w5 waits (or speaks) 5 s, f is a fax tone, h hangs up; Enter alone waits for what comes next.';

/** Plays a flow to whoever sits here. Errors: HalError of the files. */
export async function runFlow(request: RunRequest): Promise<number> {
  const settings = await readSettings(request.config);
  if (Array.isArray(settings)) return failed(settings, exitCodes.configuration.code);
  const { flows, faults } = await readFlows(request.files);
  if (faults.length > 0) return failed(faults);
  const script = request.keys === null ? null : parseCallerScript(request.keys);
  if (typeof script === 'string') return failed([`--keys: ${script}`], exitCodes.usage.code);
  const outcomes = parseAnswers(request.answers);
  if (typeof outcomes === 'string') return failed([`--answers: ${outcomes}`], exitCodes.usage.code);
  const rehearsal = rehearsed(request, outcomes, flows, (settings as Settings | null) ?? sampleSettings());
  rehearsal.start();
  if (script === null) await typed(rehearsal);
  else act(rehearsal, script);
  if (!rehearsal.over) tell('(the caller hangs up)');
  rehearsal.hangUp();
  return exitCodes.ok.code;
}

function rehearsed({ mailbox, caller, reason }: RunRequest, outcomes: readonly CalledOutcome[], flows: readonly ReadyFlow[], settings: Settings): Rehearsal {
  const byName = new Map(flows.map((flow) => [flow.document.name, flow]));
  const { document } = flows[0] as ReadyFlow;
  const own = document.starts.find((start) => 'point' in start);
  const called = mailbox ?? (own?.scope === 'mailbox' ? own.mailbox : own === undefined ? null : (settings.mailboxes[0]?.number ?? null));
  const variables = new Map<string, string>();
  const began = Date.now();
  const flow = documentFlow({
    flow: document.name, point: own !== undefined && 'point' in own ? own.point : null, mailbox: called, reason, source: null, unconnected: 'hang-up',
    facts: () => ({ CLI: caller, DDI: called ?? '', NAM: settings.mailboxes.find(({ number }) => number === called)?.name ?? '', LOC: settings.unit.language }),
    flows: (name) => byName.get(name) ?? null,
    settings: () => settings,
    nowMs: () => (began + rehearsal.nowMs) as WallMs,
    condition: () => false,
    userVariable: (name) => variables.get(name) ?? '',
    tell: (text) => tell(`(the log would say: ${text})`),
  });
  const rehearsal: Rehearsal = new Rehearsal({
    flow: flow as unknown as Flow<FlowState>,
    language: findLanguage(settings.unit.language) ?? languages[0],
    tell,
    request: rehearsedRequests(outcomes, variables, tell),
  });
  return rehearsal;
}

/** Line by line from the standard input, until it ends, or the flow does. */
async function typed(rehearsal: Rehearsal): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  if (!rehearsal.over) tell(help);
  lines.prompt();
  for await (const line of rehearsal.over ? [] : lines) {
    answer(rehearsal, line.trim() === '' ? null : parseCallerScript(line));
    if (rehearsal.over) break;
    lines.prompt();
  }
  lines.close();
}

function answer(rehearsal: Rehearsal, steps: readonly CallerStep[] | string | null): void {
  if (steps === null) return rehearsal.waitOn() ? undefined : tell('(nothing would happen by itself; a key is waited for)');
  return typeof steps === 'string' ? tell(steps) : act(rehearsal, steps);
}

function sampleSettings(): Settings {
  const parsed = parseConfiguration(sampleConfiguration(), 'sample');
  if (!parsed.ok) throw new Error('the sample configuration is not good');
  return parsed.settings;
}

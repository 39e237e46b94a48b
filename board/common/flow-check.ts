import type { FlowRequest } from '../../firmware/cli/flow-words.ts';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { ReadyFlow } from '../../firmware/callflow/document/parse-flow.ts';
import type { CheckWorld } from '../../firmware/callflow/views/check-flow.ts';
import { checkFlow } from '../../firmware/callflow/views/check-flow.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import { conditionKind } from '../../firmware/flows/condition-library.ts';
import { DocumentLibrary } from '../../firmware/flows/document-library.ts';
import { flowsFolder, promptsFolder } from '../../firmware/flows/flow-desk.ts';
import { flowKind } from '../../firmware/flows/flow-library.ts';
import { PromptStore } from '../../firmware/flows/prompt-store.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { readConditions, readFlows, readSettings } from './flow-files.ts';
import { failed, print } from './print.ts';

type CheckRequest = Extract<FlowRequest, { command: 'flow check' }>;

/** What of the site could not be looked at, and what to say so that it is. */
const remedies = { mailboxes: '--config FILE', conditions: '--data DIR or --conditions DIR', prompts: '--data DIR' } as const;
const words = { mailboxes: 'mailboxes', conditions: 'conditions', prompts: 'recorded prompts' } as const;

/** Says what is wrong with flows; with good ones, what they name and nobody could look at. Errors: HalError of the files. */
export async function checkFlows(request: CheckRequest): Promise<number> {
  const settings = await readSettings(request.config);
  if (Array.isArray(settings)) return failed(settings, exitCodes.configuration.code);
  const { flows, faults } = await readFlows(request.files);
  const conditions = request.conditions === null ? { names: [], faults: [] } : await readConditions(request.conditions);
  const world = await worldOf(request, flows, settings as Settings | null, conditions.names);
  const findings = flows.flatMap((flow) => checkFlow(flow, world)).map(({ flow, place, text }) => `flow '${flow}': ${place}: ${text}`);
  const wrong = [...faults, ...conditions.faults, ...findings];
  const unchecked = notChecked(flows, world);
  if (wrong.length > 0) return failed([...wrong, ...unchecked]);
  print([...flows.map(({ document, nodes }) => `flow '${document.name}': good (${nodes.size} actions)`), ...unchecked]);
  return exitCodes.ok.code;
}

/** Read beside a unit that runs, too. */
async function worldOf({ data, conditions }: CheckRequest, flows: readonly ReadyFlow[], settings: Settings | null, named: readonly string[]): Promise<CheckWorld> {
  const storage = data === null ? null : await LinuxStorage.at(data, 'refuse');
  const kept = storage === null ? [] : [...(await DocumentLibrary.view(storage, flowsFolder, flowKind)).values()].flatMap(({ value }) => value ?? []);
  const usable = storage === null ? [] : [...(await DocumentLibrary.view(storage, flowsFolder, conditionKind)).values()].filter(({ value }) => value !== null).map(({ name }) => name);
  return {
    flows: new Map([...kept, ...flows].map((flow) => [flow.document.name, flow])),
    mailboxes: settings === null ? null : new Set(settings.mailboxes.map(({ number }) => number)),
    conditions: storage === null && conditions === null ? null : new Set([...usable, ...named]),
    prompts: storage === null ? null : new Set((await PromptStore.view(storage, promptsFolder)).map(({ name }) => name)),
  };
}

/** What would be missing if there were none at all, and may be missing. */
function notChecked(flows: readonly ReadyFlow[], world: CheckWorld): string[] {
  const count = (known: CheckWorld): number => flows.reduce((sum, flow) => sum + checkFlow(flow, known).length, 0);
  const found = count(world);
  return (['mailboxes', 'conditions', 'prompts'] as const)
    .filter((what) => world[what] === null && count({ ...world, [what]: new Set<string>() }) > found)
    .map((what) => `not checked: the ${words[what]} that are named here; say ${remedies[what]}`);
}

import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { FlowRequest } from '../../firmware/cli/flow-words.ts';
import type { ReadyFlow } from '../../firmware/callflow/document/parse-flow.ts';
import { startKey } from '../../firmware/callflow/document/start-key.ts';
import { languages } from '../../firmware/callflow/language/languages.ts';
import { flowSvg } from '../../firmware/callflow/views/drawing/flow-svg.ts';
import { mermaid } from '../../firmware/callflow/views/mermaid.ts';
import { outline } from '../../firmware/callflow/views/outline.ts';
import { table } from '../../firmware/console/table.ts';
import type { KeptDocument } from '../../firmware/flows/document-library.ts';
import { DocumentLibrary } from '../../firmware/flows/document-library.ts';
import { flowsFolder } from '../../firmware/flows/flow-desk.ts';
import { flowKind } from '../../firmware/flows/flow-library.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { changingFlows } from './changing-flows.ts';
import { checkFlows } from './flow-check.ts';
import { readFlows } from './flow-files.ts';
import { runFlow } from './flow-rehearsal.ts';
import { failed, print } from './print.ts';

/** The tools of somebody who writes call flows. `dataFolder`: the board's own. Errors: HalError. */
export async function runFlowTool(request: FlowRequest, dataFolder: string): Promise<number> {
  switch (request.command) {
    case 'flow check':
      return checkFlows(request);
    case 'flow text':
      return shown(request.file, (flow) => outline(flow, languages[0].catalogue));
    case 'flow draw':
      return shown(request.file, (flow) => (request.mermaid ? mermaid(flow) : [flowSvg(flow, languages[0].catalogue).trimEnd()]));
    case 'flow run':
      return runFlow(request);
    case 'flow put':
      return put(request.files, request.data ?? dataFolder);
    case 'flow list':
      return list(request.data ?? dataFolder);
  }
}

async function shown(file: string, lines: (flow: ReadyFlow) => readonly string[]): Promise<number> {
  const { flows: [flow], faults } = await readFlows([file]);
  if (flow === undefined) return failed(faults);
  print(lines(flow));
  return exitCodes.ok.code;
}

/** As they are written, so that whoever reads them back finds their own text, and a later unit its own defaults. */
async function put(files: readonly string[], folder: string): Promise<number> {
  const { flows, texts, faults } = await readFlows(files);
  if (faults.length > 0) return failed(faults);
  return changingFlows(folder, async ({ storage, log }) => {
    const library = await DocumentLibrary.open(storage, flowsFolder, flowKind, log);
    for (const [index, { document: { name } }] of flows.entries()) {
      const outcome = await library.put(texts[index] as string);
      if (!outcome.put) return failed(outcome.faults.map(({ text }) => `flow '${name}': ${text}`));
      print([`flow '${name}' is stored`]);
    }
    return exitCodes.ok.code;
  });
}

async function list(folder: string): Promise<number> {
  const rows = [...(await viewed(folder)).values()].map(({ name, value, faults }) => [name, value === null ? `not used: ${faults.length} faults` : value.document.starts.map(startKey).join('; ') || 'no start point']);
  print(table([{ title: 'Flow' }, { title: 'Starts' }], rows, 'no flows'));
  return exitCodes.ok.code;
}

/** Beside a unit that runs, too. */
const viewed = async (folder: string): Promise<ReadonlyMap<string, KeptDocument<ReadyFlow>>> => DocumentLibrary.view(await LinuxStorage.at(folder, 'refuse'), flowsFolder, flowKind);

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
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { checkFlows } from './flow-check.ts';
import { readFlows } from './flow-files.ts';
import { runFlow } from './flow-rehearsal.ts';
import { logToStandardError } from './standard-error-log.ts';

const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
const tell = (lines: readonly string[]): void => void process.stderr.write(lines.map((line) => `${line}\n`).join(''));

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
  if (flow === undefined) return failed(faults, exitCodes.failure.code);
  print(lines(flow));
  return exitCodes.ok.code;
}

/** Refused with `busy` while a unit runs on the folder: it would not know of them. */
async function put(files: readonly string[], folder: string): Promise<number> {
  const { flows, faults } = await readFlows(files);
  if (faults.length > 0) return failed(faults, exitCodes.failure.code);
  const storage = await LinuxStorage.at(folder);
  const unlock = await storage.lock('unit.lock');
  try {
    const log = new UnitLog(new LinuxClock(), 'warning');
    logToStandardError(log, false);
    await storage.makeDirectory(flowsFolder);
    await storage.syncDirectory('');
    const library = await DocumentLibrary.open(storage, flowsFolder, flowKind, log);
    for (const { document } of flows) {
      const outcome = await library.put(`${JSON.stringify(document, null, 2)}\n`);
      if (!outcome.put) return failed(outcome.faults.map(({ text }) => `flow '${document.name}': ${text}`), exitCodes.failure.code);
      print([`flow '${document.name}' is stored`]);
    }
  } finally {
    await unlock();
  }
  return exitCodes.ok.code;
}

async function list(folder: string): Promise<number> {
  const rows = [...(await viewed(folder)).values()].map(({ name, value, faults }) => [name, value === null ? `not used: ${faults.length} faults` : value.document.starts.map(startKey).join('; ') || 'no start point']);
  print(table([{ title: 'Flow' }, { title: 'Starts' }], rows, 'no flows'));
  return exitCodes.ok.code;
}

/** Beside a unit that runs, too. */
const viewed = async (folder: string): Promise<ReadonlyMap<string, KeptDocument<ReadyFlow>>> => DocumentLibrary.view(await LinuxStorage.at(folder, 'refuse'), flowsFolder, flowKind);

function failed(lines: readonly string[], code: number): number {
  tell(lines);
  return code;
}

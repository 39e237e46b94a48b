import { readFile } from 'node:fs/promises';
import { arch, platform, version as nodeVersion } from 'node:process';
import { commit, version } from 'understudy:build';
import type { Request } from '../../firmware/cli/cli-commands.ts';
import { parseArguments } from '../../firmware/cli/arguments.ts';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { SampleChoices } from '../../firmware/config/sample.ts';
import type { VersionFacts } from '../../firmware/console/parts/shown-facts.ts';
import type { ReadOnlyView } from '../../firmware/mailbox/read-only-view.ts';
import type { PinUse } from '../../firmware/signals/pin-uses.ts';
import type { DriverSet } from '../../hal/driver-set.ts';
import { halError } from '../../hal/drivers/linux/errno.ts';
import { prepareThread } from '../../hal/drivers/linux/linux-thread.ts';
import { tellThreadMemory } from '../../hal/drivers/linux/thread-memory.ts';
import type { Board } from '../board.ts';
import { threadCode } from '../build/thread-code.ts';
import { failureOf } from './failure.ts';
import type { MakeFarEnds, MakeFaults, MakePhone, PreparedMedia } from './run-unit.ts';

/** What a board adds to the program that every board runs. */
export interface BoardProgram {
  readonly board: Board;
  readonly sample: SampleChoices;
  /** The built-in test phone; null on boards for production. */
  readonly phone: MakePhone | null;
  /** The other side of simulated lines; null on boards for production. */
  readonly farEnds: MakeFarEnds | null;
  /** Puts drivers that can fail in front of the real ones; null on boards for production. */
  readonly faults: MakeFaults | null;
  /** Adds drivers of its own. */
  readonly register: ((drivers: DriverSet) => void) | null;
  /** The other side of simulated inputs. */
  readonly drivePin: ((use: PinUse, asserted: boolean) => void) | null;
}

/** The program's command line: loads what was asked for and nothing else, does what was asked and sets the exit code. */
export async function main(program: BoardProgram, words: readonly string[]): Promise<void> {
  const parsed = parseArguments(words);
  if (parsed.kind === 'help') return print(parsed.text);
  if (parsed.kind === 'wrong') return fail(parsed.text, parsed.exitCode);
  try {
    process.exitCode = await perform(program, parsed.request);
  } catch (error) {
    const { code, text } = failureOf(error);
    fail(`understudy: ${text}\n`, code);
  }
}

function fail(text: string, code: number): void {
  process.stderr.write(text);
  process.exitCode = code;
}

const print = (text: string): void => void process.stdout.write(text);

async function perform(program: BoardProgram, request: Request): Promise<number> {
  const { board } = program;
  switch (request.command) {
    case 'run': {
      // The way to the first answered call is as long as this thread's, so it comes before all that the unit is made of.
      tellThreadMemory('control'); // the place of all threads, before the first of them begins
      const media: PreparedMedia = prepareThread({ file: { code: threadCode('media') }, name: 'media' });
      return (await import('./run-unit.ts')).runUnit({ ...program, version: versionFacts(board) }, request, media);
    }
    case 'witness':
      return (await import('./run-witness.ts')).runWitness(request);
    case 'console':
      return (await import('./console-client.ts')).joinConsole(request.data ?? board.dataFolder);
    case 'check':
      return check(request.file, board);
    case 'messages':
      return messages(request.data ?? board.dataFolder, request.mailbox, request.json);
    case 'export':
      return exportMessage(request.data ?? board.dataFolder, request.id, request.wav);
    case 'estate key':
    case 'estate watch':
    case 'estate command':
      return (await import('./estate-tool.ts')).runEstateTool(request);
    case 'flow check':
    case 'flow text':
    case 'flow draw':
    case 'flow run':
    case 'flow put':
    case 'flow list':
      return (await import('./flow-tool.ts')).runFlowTool(request, board.dataFolder);
    case 'prompt put':
    case 'prompt list':
    case 'prompt remove':
      return (await import('./prompt-tool.ts')).runPromptTool(request, board.dataFolder);
    case 'update':
      return (await import('./update-tool.ts')).runUpdateTool(request, board, version);
    case 'version':
      print(request.json ? `${JSON.stringify(versionFacts(board))}\n` : versionText(versionFacts(board)));
      return exitCodes.ok.code;
    case 'schema':
      print(`${JSON.stringify((await import('../../firmware/config/json-schema.ts')).jsonSchema, null, 2)}\n`);
      return exitCodes.ok.code;
    case 'sample':
      print((await import('../../firmware/config/sample.ts')).sampleConfiguration(program.sample));
      return exitCodes.ok.code;
  }
}

const versionFacts = (board: Board): VersionFacts => ({ product: 'Understudy', version, commit, board: board.model, runtime: `Node ${nodeVersion.slice(1)}, ${platform} ${arch}` });

const versionText = (facts: VersionFacts): string => `${facts.product} ${facts.version} (commit ${facts.commit}, board ${facts.board}) on ${facts.runtime}\n`;

async function check(file: string, board: Board): Promise<number> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => Promise.reject(halError(file, cause)));
  const { parseConfiguration } = await import('../../firmware/config/parse-configuration.ts');
  const { lineFaults } = await import('./board-lines.ts');
  const { faultLine } = await import('../../firmware/config/fault.ts');
  const parsed = parseConfiguration(text, file);
  const missing = parsed.ok ? lineFaults(parsed.settings.lines, board) : [];
  if (missing.length > 0) {
    process.stderr.write(missing.map((fault) => `${file}: ${fault}\n`).join(''));
    return exitCodes.configuration.code;
  }
  if (parsed.ok) {
    print(`${file}: good (${parsed.settings.mailboxes.length} mailboxes, ${parsed.settings.ports} ports, ${parsed.settings.peers.length} peers)\n`);
    return exitCodes.ok.code;
  }
  process.stderr.write(`${parsed.faults.map(faultLine).join('\n')}\n`);
  return exitCodes.configuration.code;
}

/** Reads beside a running unit as well as without one. */
async function messages(folder: string, mailbox: string | null, json: boolean): Promise<number> {
  const { messagesJson, messagesTable } = await import('../../firmware/cli/messages-table.ts');
  const found = await (await viewOf(folder)).list(mailbox ?? undefined);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  print(json ? messagesJson(found) : `${messagesTable(found, timeZone).join('\n')}\n`);
  return exitCodes.ok.code;
}

async function exportMessage(folder: string, id: string, wav: string): Promise<number> {
  const { exportWav } = await import('./export-wav.ts');
  const bytes = await exportWav(await (await viewOf(folder)).reader(id), wav);
  print(`${wav}: ${bytes} bytes\n`);
  return exitCodes.ok.code;
}

async function viewOf(folder: string): Promise<ReadOnlyView> {
  const { ReadOnlyView } = await import('../../firmware/mailbox/read-only-view.ts');
  const { LinuxStorage } = await import('../../hal/drivers/linux/linux-storage.ts');
  return new ReadOnlyView(await LinuxStorage.at(folder, 'refuse'));
}

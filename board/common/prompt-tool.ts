import { readFile, stat } from 'node:fs/promises';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { PromptRequest } from '../../firmware/cli/prompt-words.ts';
import { table } from '../../firmware/console/table.ts';
import { promptsFolder } from '../../firmware/flows/flow-desk.ts';
import { mostPromptMs, PromptStore } from '../../firmware/flows/prompt-store.ts';
import { halError } from '../../hal/drivers/linux/errno.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { HalError } from '../../hal/errors.ts';
import { changingFlows } from './changing-flows.ts';
import { inChunks, ulawOf } from './phone-audio.ts';
import { failed, print } from './print.ts';

/** Five minutes of stereo at 48 kHz. */
const mostFileBytes = 64 * 1024 * 1024;

/** Recorded prompts of a data folder. `dataFolder`: the board's own. Errors: HalError. */
export async function runPromptTool(request: PromptRequest, dataFolder: string): Promise<number> {
  const folder = request.data ?? dataFolder;
  switch (request.command) {
    case 'prompt put':
      return put(request.name, request.file, folder);
    case 'prompt remove':
      return remove(request.name, folder);
    case 'prompt list':
      return list(folder);
  }
}

async function put(name: string, file: string, folder: string): Promise<number> {
  const audio = ulawOf(await wavIn(file), mostPromptMs / 1000);
  if (typeof audio === 'string') return failed([`${file}: ${audio.replace(/\.$/, '')}`]);
  return changing(folder, async (prompts) => {
    await prompts.put(name, 'PCMU', audio.length, inChunks(audio));
    print([`prompt '${name}' is stored (${(audio.length / 8000).toFixed(1)} s)`]);
    return exitCodes.ok.code;
  });
}

function remove(name: string, folder: string): Promise<number> {
  return changing(folder, async (prompts) => {
    if (!(await prompts.remove(name))) return failed([`there is no recorded prompt '${name}'; prompt list tells which there are`]);
    print([`prompt '${name}' is gone`]);
    return exitCodes.ok.code;
  });
}

/** Beside a unit that runs, too. */
async function list(folder: string): Promise<number> {
  const rows = (await PromptStore.view(await LinuxStorage.at(folder, 'refuse'), promptsFolder)).map(({ name, durationMs }) => [name, `${(durationMs / 1000).toFixed(1)} s`]);
  print(table([{ title: 'Prompt' }, { title: 'Length', right: true }], rows, 'no prompt is recorded'));
  return exitCodes.ok.code;
}

const changing = (folder: string, change: (prompts: PromptStore) => Promise<number>): Promise<number> =>
  changingFlows(folder, async (parts) => change(await PromptStore.open(parts, promptsFolder)));

async function wavIn(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size > mostFileBytes) throw new HalError('too-large', file, 'a WAV file of at most 64 MiB can be taken');
    return await readFile(file);
  } catch (cause) {
    throw cause instanceof HalError ? cause : halError(file, cause);
  }
}

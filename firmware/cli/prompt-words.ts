import type { CliArgument, CliCommand, CliOption } from './cli-commands.ts';

/** Recorded prompts in a data folder. null = not said. */
export type PromptRequest =
  | { readonly command: 'prompt put'; readonly name: string; readonly file: string; readonly data: string | null }
  | { readonly command: 'prompt list'; readonly data: string | null }
  | { readonly command: 'prompt remove'; readonly name: string; readonly data: string | null };

const name: CliArgument = { name: 'NAME', required: true, help: 'the name by which call flows play it; NAME.de is heard in its place where the call is in German' };
const data: CliOption = { name: 'data', value: 'DIR', required: false, help: "folder of messages and state; the board's own unless told" };

export const promptCommands: readonly CliCommand[] = [
  {
    name: 'prompt put',
    help: 'store a recorded prompt in the data folder of a unit that does not run; one that runs takes it by receive prompt at its console',
    arguments: [name, { name: 'FILE', required: true, help: 'WAV: 16-bit PCM or G.711, 8000 to 192000 samples a second, at most 5 min; of several channels the first' }],
    options: [data],
    request: (given) => ({ command: 'prompt put', name: given.argument('NAME') ?? '', file: given.argument('FILE') ?? '', data: given.option('data') }),
  },
  { name: 'prompt list', help: 'list the recorded prompts in the data folder of a unit', arguments: [], options: [data], request: (given) => ({ command: 'prompt list', data: given.option('data') }) },
  {
    name: 'prompt remove',
    help: 'remove a recorded prompt from the data folder of a unit that does not run; one that runs, or has a partner (which would bring it back), does it by prompt remove at its console',
    arguments: [name],
    options: [data],
    request: (given) => ({ command: 'prompt remove', name: given.argument('NAME') ?? '', data: given.option('data') }),
  },
];

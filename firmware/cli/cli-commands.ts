import type { Severity } from '../log.ts';
import type { EstateRequest } from './estate-words.ts';
import { estateCommands } from './estate-words.ts';
import type { FlowRequest } from './flow-words.ts';
import { flowCommands } from './flow-words.ts';
import type { PromptRequest } from './prompt-words.ts';
import { promptCommands } from './prompt-words.ts';
import type { UpdateRequest } from './update-words.ts';
import { updateCommands } from './update-words.ts';

/** What the command line asks for, checked as far as words go; the entry point does it. null = not said, so the board's own place. */
export type Request =
  | { readonly command: 'run'; readonly config: string | null; readonly data: string | null; readonly console: boolean; readonly serialConsole: string | null; readonly logLevel: Severity }
  | { readonly command: 'witness'; readonly pairs: string; readonly listen: string; readonly logLevel: Severity }
  | { readonly command: 'console'; readonly data: string | null }
  | { readonly command: 'check'; readonly file: string }
  | { readonly command: 'messages'; readonly mailbox: string | null; readonly data: string | null; readonly json: boolean }
  | { readonly command: 'export'; readonly id: string; readonly wav: string; readonly data: string | null }
  | { readonly command: 'version'; readonly json: boolean }
  | EstateRequest
  | FlowRequest
  | PromptRequest
  | UpdateRequest
  | { readonly command: 'schema' }
  | { readonly command: 'sample' };

export interface CliOption {
  /** Without dashes. */
  readonly name: string;
  /** What its value is, as help shows it; null = a switch. */
  readonly value: string | null;
  readonly required: boolean;
  readonly help: string;
  /** The only values there are; absent = any. */
  readonly words?: readonly string[];
}

export interface CliArgument {
  readonly name: string;
  readonly required: boolean;
  readonly help: string;
  /** The last one: it may stand more than once. */
  readonly many?: true;
}

/** Words and options of one command line, all known to its command and with all that is required. */
export interface Given {
  argument(name: string): string | null;
  /** Of one that may stand more than once. */
  all(name: string): readonly string[];
  option(name: string): string | null;
  switched(name: string): boolean;
}

export interface CliCommand {
  readonly name: Request['command'];
  readonly help: string;
  readonly arguments: readonly CliArgument[];
  readonly options: readonly CliOption[];
  readonly request: (given: Given) => Request;
}

export const severities = ['alert', 'error', 'warning', 'notice', 'info', 'debug'] as const satisfies readonly Severity[];

const data: CliOption = { name: 'data', value: 'DIR', required: false, help: "folder of messages and state; the board's own unless told" };
const logLevel: CliOption = { name: 'log-level', value: 'LEVEL', required: false, words: severities, help: `least severity that is logged: ${severities.join(', ')}; info unless told` };
const json: CliOption = { name: 'json', value: null, required: false, help: 'print JSON' };

export const cliCommands: readonly CliCommand[] = [
  {
    name: 'run',
    help: 'run the unit until SIGTERM; SIGHUP reads the configuration again',
    arguments: [],
    options: [
      { name: 'config', value: 'FILE', required: false, help: "configuration file; the board's own unless told" },
      data,
      { name: 'console', value: null, required: false, help: 'open the console on this terminal' },
      { name: 'serial-console', value: 'DEVICE[:BAUD]', required: false, help: "have it on this serial line too, at 115200 baud unless told; the board's own unless told" },
      logLevel,
    ],
    request: (given) => ({
      command: 'run',
      config: given.option('config'),
      data: given.option('data'),
      console: given.switched('console'),
      serialConsole: given.option('serial-console'),
      logLevel: (given.option('log-level') ?? 'info') as Severity,
    }),
  },
  {
    name: 'witness',
    help: 'be the witness of pairs until SIGTERM: grant takeovers to backups; SIGHUP reads the pairs again',
    arguments: [],
    options: [
      { name: 'pairs', value: 'FILE', required: true, help: "the pairs, one a line: name and secret, as in the units' pair.witness" },
      { name: 'listen', value: 'ADDRESS:PORT', required: false, help: 'where the units find it (UDP); 0.0.0.0:5072 unless told' },
      logLevel,
    ],
    request: (given) => ({
      command: 'witness',
      pairs: given.option('pairs') ?? '',
      listen: given.option('listen') ?? '0.0.0.0:5072',
      logLevel: (given.option('log-level') ?? 'info') as Severity,
    }),
  },
  {
    name: 'console',
    help: 'join the console of the unit that runs on this machine',
    arguments: [],
    options: [data],
    request: (given) => ({ command: 'console', data: given.option('data') }),
  },
  {
    name: 'check',
    help: 'check a configuration file and tell everything that is wrong with it',
    arguments: [{ name: 'FILE', required: true, help: 'configuration file' }],
    options: [],
    request: (given) => ({ command: 'check', file: given.argument('FILE') ?? '' }),
  },
  {
    name: 'messages',
    help: 'list the messages of a mailbox, or of all',
    arguments: [{ name: 'MAILBOX', required: false, help: 'number of the mailbox' }],
    options: [data, json],
    request: (given) => ({ command: 'messages', mailbox: given.argument('MAILBOX'), data: given.option('data'), json: given.switched('json') }),
  },
  {
    name: 'export',
    help: 'write a message as a WAV file',
    arguments: [{ name: 'ID', required: true, help: 'id of the message, or its end if that is unambiguous' }],
    options: [{ name: 'wav', value: 'FILE', required: true, help: 'file to write; - is the standard output' }, data],
    request: (given) => ({ command: 'export', id: given.argument('ID') ?? '', wav: given.option('wav') ?? '', data: given.option('data') }),
  },
  {
    name: 'version',
    help: 'print version, commit and board',
    arguments: [],
    options: [json],
    request: (given) => ({ command: 'version', json: given.switched('json') }),
  },
  {
    name: 'schema',
    help: 'print the JSON Schema of the configuration file, for editors',
    arguments: [],
    options: [],
    request: () => ({ command: 'schema' }),
  },
  {
    name: 'sample',
    help: 'print a configuration file to begin with',
    arguments: [],
    options: [],
    request: () => ({ command: 'sample' }),
  },
  ...estateCommands,
  ...flowCommands,
  ...promptCommands,
  ...updateCommands,
];

import { calledOutcomes } from '../callflow/rehearsal/rehearsed-requests.ts';
import type { CliArgument, CliCommand, CliOption } from './cli-commands.ts';

/** What somebody who writes call flows asks for; none of it needs a unit that runs. null = not said. */
export type FlowRequest =
  | { readonly command: 'flow check'; readonly files: readonly string[]; readonly config: string | null; readonly data: string | null; readonly conditions: string | null }
  | { readonly command: 'flow text'; readonly file: string }
  | { readonly command: 'flow draw'; readonly file: string; readonly mermaid: boolean }
  | {
      readonly command: 'flow run';
      /** The first serves the call; it may lead to the others. */
      readonly files: readonly string[];
      readonly config: string | null;
      /** null = the keys are typed. */
      readonly keys: string | null;
      /** How others take the calls of the flow, in their order; the last one counts for the rest. */
      readonly answers: string;
      readonly mailbox: string | null;
      readonly caller: string;
      readonly reason: 'busy' | 'no-answer' | 'out-of-hours' | 'default';
    }
  | { readonly command: 'flow put'; readonly files: readonly string[]; readonly data: string | null }
  | { readonly command: 'flow list'; readonly data: string | null };

const file: CliArgument = { name: 'FILE', required: true, help: 'a call flow: a document in JSON' };
const files: CliArgument = { ...file, help: 'call flows: documents in JSON; they may lead to one another', many: true };
const config: CliOption = { name: 'config', value: 'FILE', required: false, help: 'configuration of the unit: its mailboxes are known then' };
const data: CliOption = { name: 'data', value: 'DIR', required: false, help: "folder of messages and state; the board's own unless told" };
const reasons = ['busy', 'no-answer', 'out-of-hours', 'default'] as const;

export const flowCommands: readonly CliCommand[] = [
  {
    name: 'flow check',
    help: 'tell everything that is wrong with call flows, what they lead to that is not there, and what could not be checked',
    arguments: [files],
    options: [
      config,
      { ...data, help: 'folder of a unit: its flows, conditions and recorded prompts are known then' },
      { name: 'conditions', value: 'DIR', required: false, help: 'folder of conditions as files (*.json); they are known then, beside those of --data' },
    ],
    request: (given) => ({ command: 'flow check', files: given.all('FILE'), config: given.option('config'), data: given.option('data'), conditions: given.option('conditions') }),
  },
  { name: 'flow text', help: 'print a call flow as a text to read', arguments: [file], options: [], request: (given) => ({ command: 'flow text', file: given.argument('FILE') ?? '' }) },
  {
    name: 'flow draw',
    help: 'print a drawing of a call flow as SVG',
    arguments: [file],
    options: [{ name: 'mermaid', value: null, required: false, help: 'print a Mermaid flowchart in place of it' }],
    request: (given) => ({ command: 'flow draw', file: given.argument('FILE') ?? '', mermaid: given.switched('mermaid') }),
  },
  {
    name: 'flow run',
    help: 'play a call flow in this terminal: what callers hear is printed, keys are typed, no telephone is needed',
    arguments: [files],
    options: [
      config,
      { name: 'keys', value: 'SCRIPT', required: false, help: "what the caller does, in place of typing: keys, w5 waits (or speaks) 5 s, f is a fax tone, h hangs up; '1 w5 2#'" },
      { name: 'answers', value: 'WORDS', required: false, help: `how those who are called take it, one after another, the last for all that follow: ${calledOutcomes.join(', ')}; answered unless told` },
      { name: 'mailbox', value: 'NUMBER', required: false, help: 'the mailbox that is called' },
      { name: 'caller', value: 'NUMBER', required: false, help: "the caller's number; withheld unless told" },
      { name: 'reason', value: 'REASON', required: false, words: reasons, help: `why the PBX sends the call: ${reasons.join(', ')}` },
    ],
    request: (given) => ({
      command: 'flow run', files: given.all('FILE'), config: given.option('config'), keys: given.option('keys'), answers: given.option('answers') ?? 'answered', mailbox: given.option('mailbox'), caller: given.option('caller') ?? '',
      reason: (given.option('reason') ?? 'default') as (typeof reasons)[number],
    }),
  },
  {
    name: 'flow put',
    help: 'store call flows in the data folder of a unit that does not run; one that runs takes them by flow load at its console',
    arguments: [files],
    options: [data],
    request: (given) => ({ command: 'flow put', files: given.all('FILE'), data: given.option('data') }),
  },
  { name: 'flow list', help: 'list the call flows in the data folder of a unit', arguments: [], options: [data], request: (given) => ({ command: 'flow list', data: given.option('data') }) },
];

import { languages } from '../../callflow/language/languages.ts';
import type { PromptId } from '../../callflow/language/language.ts';
import type { Playable } from '../../calls/play-at.ts';
import { dialledArgument, mailboxArgument, messageArgument } from '../argument-kinds.ts';
import type { ArgumentKind, Command, CommandOption, Given, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { PlayConsole } from '../parts/play-console.ts';
import type { TestCallEnd } from '../parts/test-phone.ts';
import { plainText } from '../plain-text.ts';

const offered = (unit: ConsoleUnit): boolean => unit.playing !== null;
const promptIds = (): string[] => Object.keys(languages[0].catalogue).sort();

const promptArgument: ArgumentKind = {
  name: 'PROMPT',
  help: 'a prompt, as Tab lists them: goodbye, greeting.unavailable',
  check: (text) => (promptIds().includes(text) ? null : `there is no prompt ${text}`),
  values: promptIds,
};

const extensionArgument: ArgumentKind = { ...dialledArgument, name: 'EXTENSION', help: 'an extension of the PBX, or another number that it knows', values: () => [] };

const peerArgument: ArgumentKind = {
  name: 'PEER',
  help: 'a peer that has a host',
  check: (text, unit) => (callable(unit).includes(text) ? null : `${text} is no peer with a host to call`),
  values: (unit) => callable(unit),
};

const callable = (unit: ConsoleUnit): string[] => unit.settings().settings.peers.filter(({ host }) => host !== null).map(({ name }) => name);

const options: readonly CommandOption[] = [{ name: 'via', help: 'the peer that is called; the one in use if not given', value: peerArgument }];

/** Calls of the unit's own: dial an extension, play, hang up. */
export const playCommands: readonly Command[] = [
  playCommand('play tone at EXTENSION', 'call an extension with a test tone, 1004 Hz at 0 dBm0 for 10 s; Ctrl-C hangs up', [], () => ({ kind: 'tone' })),
  playCommand('play prompt PROMPT at EXTENSION', 'call an extension and play a prompt', [promptArgument], (given) => ({ kind: 'prompt', id: given['PROMPT'] as PromptId })),
  playCommand('play greeting MAILBOX at EXTENSION', 'call an extension and play the greeting of a mailbox', [mailboxArgument], (given) => ({ kind: 'greeting', mailbox: given['MAILBOX'] as string })),
  playCommand('play message MAILBOX ID at EXTENSION', 'call an extension and play a message; it stays as new as it was', [mailboxArgument, messageArgument], (given) => ({ kind: 'message', mailbox: given['MAILBOX'] as string, id: given['ID'] as string })),
];

function playCommand(form: string, help: string, kinds: readonly ArgumentKind[], what: (given: Given) => Playable): Command {
  return command({ form, help, arguments: [...kinds, extensionArgument], options, changes: true, offered, run: (invocation) => run(invocation, what(invocation.given)) });
}

async function run({ unit, given, options: chosen, print, signal }: Invocation, what: Playable): Promise<void> {
  const wish = { what, extension: given['EXTENSION'] as string, via: chosen.get('via') ?? null };
  print(summary(await (unit.playing as PlayConsole).play(wish, (line) => print(plainText(line)), signal)));
}

function summary({ answered, text, durationMs, stats }: TestCallEnd): string {
  if (!answered) return `not answered: ${plainText(text)}`;
  return `ended after ${(durationMs / 1000).toFixed(1)} s: ${plainText(text)}${stats === null ? '' : `, ${stats.packetsSent} packets sent, ${stats.packetsReceived} received`}`;
}

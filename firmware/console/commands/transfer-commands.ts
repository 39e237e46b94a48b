import { captureArgument } from './capture-commands.ts';
import { promptNameArgument } from './prompt-commands.ts';
import { mailboxArgument, messageArgument } from '../argument-kinds.ts';
import type { Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { ConfigurationConsole } from '../parts/configuration-console.ts';
import type { ConsoleFile, FilesConsole } from '../parts/files-console.ts';
import { formatBytes } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { noOctets, receiveFile, transferEnd } from '../receive-file.ts';
import { receiveBundle } from './update-commands.ts';
import { sendFile } from '../zmodem/zmodem-transfer.ts';

/** Two minutes of 16-bit stereo at 48 kHz, which is what recording programs like to write. */
const mostGreetingBytes = 24 * 1024 * 1024;
/** Four minutes of one channel at 48 kHz. */
const mostPromptBytes = 24 * 1024 * 1024;
/** As a configuration file may be. */
const mostConfigurationBytes = 256 * 1024;

/** The program with its prompts is 6 MiB; over the cable more would take an afternoon. */
const mostFirmwareBytes = 32 * 1024 * 1024;

const offered = (unit: ConsoleUnit): boolean => unit.files !== null;
const ofMailbox = [mailboxArgument];

/** Files out and in over the terminal's own cable, by ZMODEM. */
export const transferCommands: readonly Command[] = [
  command({ form: 'send log', help: 'the last lines of the log, by ZMODEM (run rz)', offered, run: sending(({ log }) => log()) }),
  command({ form: 'send audit', help: 'the audit log', offered, run: sending((files) => files.audit()) }),
  command({ form: 'send configuration', help: 'the configuration in force, with its passwords', changes: true, offered, run: sending((files) => files.configuration()) }),
  command({ form: 'send capture NAME', help: 'a kept capture, for Wireshark', arguments: [captureArgument], changes: true, offered, run: sending((files, { given }) => files.capture(given['NAME'] as string)) }),
  command({ form: 'send message MAILBOX ID', help: 'a message as a WAV file', arguments: [mailboxArgument, messageArgument], changes: true, offered, run: sending((files, { given }) => files.message(given['MAILBOX'] as string, given['ID'] as string)) }),
  command({ form: 'send greeting MAILBOX', help: 'the greeting of a mailbox as a WAV file', arguments: ofMailbox, offered, run: sending((files, { given }) => files.greeting(given['MAILBOX'] as string)) }),
  command({ form: 'receive firmware', help: 'a firmware, by ZMODEM (run sz); a unit that has no firmware slots keeps it for whoever looks after its machine', changes: true, offered: (unit) => offered(unit) || unit.update !== null, run: receiveFirmware }),
  command({ form: 'receive greeting MAILBOX', help: 'a WAV file, by ZMODEM (run sz), that becomes the greeting', arguments: ofMailbox, changes: true, offered, run: receiveGreeting }),
  command({ form: 'receive prompt NAME', help: 'a WAV file, by ZMODEM (run sz), that becomes the recorded prompt of this name', arguments: [promptNameArgument], changes: true, offered, run: receivePrompt }),
];

/** While the configuration is edited. */
export const candidateTransferCommands: readonly Command[] = [
  command({ form: 'receive configuration', help: 'a file, by ZMODEM (run sz), that takes the place of the candidate', changes: true, offered, run: receiveConfiguration }),
];

function sending(fileOf: (files: FilesConsole, invocation: Invocation) => ConsoleFile | null | Promise<ConsoleFile | null>): Command['run'] {
  return async (invocation) => {
    const file = await fileOf(invocation.unit.files as FilesConsole, invocation);
    if (file === null) return invocation.print('there is none');
    invocation.print(`${plainText(file.name)}, ${formatBytes(file.bytes.length)}: run rz at your end; Ctrl-X five times ends it`);
    const channel = invocation.session.raw();
    if (channel === null) return invocation.print(noOctets);
    const end = await sendFile({ clock: invocation.clock, channel, signal: invocation.signal }, file);
    invocation.session.cooked();
    invocation.print(transferEnd(end, `sent ${formatBytes(file.bytes.length)}`));
  };
}

async function receiveGreeting(invocation: Invocation): Promise<void> {
  const { unit, given, print } = invocation;
  const file = await receiveFile(invocation, mostGreetingBytes);
  if (file === null) return;
  const problem = await (unit.files as FilesConsole).takeGreeting(given['MAILBOX'] as string, file.bytes);
  print(problem === null ? `${plainText(file.name)} is the greeting of mailbox ${given['MAILBOX']} now` : `nothing was changed: ${plainText(problem)}`);
}

async function receivePrompt(invocation: Invocation): Promise<void> {
  const { unit, given, print } = invocation;
  const file = await receiveFile(invocation, mostPromptBytes);
  if (file === null) return;
  const problem = await (unit.files as FilesConsole).takePrompt(given['NAME'] as string, file.bytes);
  print(problem === null ? `${plainText(file.name)} is the recorded prompt ${given['NAME']} now` : `nothing was changed: ${plainText(problem)}`);
}

async function receiveFirmware(invocation: Invocation): Promise<void> {
  const { unit, print } = invocation;
  if (unit.update !== null) return receiveBundle(unit.update, invocation);
  const file = await receiveFile(invocation, mostFirmwareBytes);
  if (file === null) return;
  const { place, sha256 } = await (unit.files as FilesConsole).keepFirmware(file.bytes);
  print(`${plainText(file.name)} is kept as ${place} in the data folder, in place of the one before`);
  print(`sha256 ${sha256}`);
  print('compare the checksum with that of its maker; whoever looks after this machine puts it in force');
}

async function receiveConfiguration(invocation: Invocation): Promise<void> {
  const { unit, print } = invocation;
  const file = await receiveFile(invocation, mostConfigurationBytes);
  if (file === null) return;
  const problem = (unit.configuration as ConfigurationConsole).load(Buffer.from(file.bytes).toString('utf8'));
  print(problem === null ? `${plainText(file.name)} is the candidate now: compare shows what it changes, commit puts it in force` : `nothing was changed: ${problem}`);
}

import type { CaptureStatus, CaptureWish } from '../../capture/capture-desk.ts';
import { mostCaptureBytes, mostCaptures } from '../../capture/captures-folder.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { CaptureConsole } from '../parts/capture-console.ts';
import { formatBytes, formatDuration } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { pairs, table } from '../table.ts';

const mebibyte = 1024 * 1024;
const usual = { seconds: 300, megabytes: 10 };
const most = { seconds: 3600, megabytes: 50 };

const offered = (unit: ConsoleUnit): boolean => unit.capture !== null;
const callIds = (unit: ConsoleUnit): string[] => unit.calls().map(({ id }) => id);
const peerNames = (unit: ConsoleUnit): string[] => unit.settings().settings.peers.map(({ name }) => name);

const targetArgument: ArgumentKind = {
  name: 'TARGET',
  help: 'a call as show calls lists it, a peer, or all',
  check: (text, unit) => (text === 'all' || callIds(unit).includes(text) || peerNames(unit).includes(text) ? null : `${text} is neither a call nor a peer`),
  values: (unit) => ['all', ...callIds(unit), ...peerNames(unit)],
};

export const captureArgument: ArgumentKind = {
  name: 'NAME',
  help: 'a kept capture, as show capture lists them',
  check: (text) => (/^[A-Za-z0-9.-]{1,80}\.pcap$/.test(text) && !text.startsWith('.') ? null : 'a capture is named as show capture lists it'),
};

const secondsArgument = numberArgument('SECONDS', 'seconds', most.seconds);
const megabytesArgument = numberArgument('MEGABYTES', 'megabytes', most.megabytes);

function numberArgument(name: string, what: string, limit: number): ArgumentKind {
  return { name, help: `1 to ${limit}`, check: (text) => (/^[0-9]{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= limit ? null : `${what} are a number from 1 to ${limit}`) };
}

/** Packets into files, for Wireshark. */
export const captureCommands: readonly Command[] = [
  command({
    form: 'capture start TARGET',
    help: 'SIP and RTP into a pcap file: it holds what is said and which keys are pressed, PINs too',
    arguments: [targetArgument],
    options: [
      { name: 'seconds', help: `ends after so long; ${usual.seconds} if not given`, value: secondsArgument },
      { name: 'megabytes', help: `ends at this size; ${usual.megabytes} if not given`, value: megabytesArgument },
      { name: 'raw', help: 'with the digests of SIP passwords, which are masked otherwise', value: null },
    ],
    changes: true,
    offered,
    run: start,
  }),
  command({ form: 'capture stop', help: 'end the capture at work', changes: true, offered, run: stop }),
  command({ form: 'capture delete NAME', help: 'delete a kept capture', arguments: [captureArgument], changes: true, offered, run: remove }),
  command({ form: 'show capture', help: 'the capture at work, and those that are kept', offered, run: show }),
];

async function start({ unit, given, options, print }: Invocation): Promise<void> {
  const status = await desk(unit).start({ target: wanted(given['TARGET'] as string, unit), seconds: Number(options.get('seconds') ?? usual.seconds), bytes: Number(options.get('megabytes') ?? usual.megabytes) * mebibyte, raw: options.has('raw') });
  print(`${plainText(status.what)} is captured into ${status.file}; capture stop ends it`);
}

/** A call before a peer of the same name. */
function wanted(text: string, unit: ConsoleUnit): CaptureWish['target'] {
  if (text === 'all') return { kind: 'all' };
  return { kind: callIds(unit).includes(text) ? 'call' : 'peer', name: text };
}

async function stop({ unit, print }: Invocation): Promise<void> {
  const status = await desk(unit).stop();
  if (status === null) return print('no capture is at work');
  facts(status).forEach(print);
}

async function remove({ unit, given, print }: Invocation): Promise<void> {
  await desk(unit).remove(given['NAME'] as string);
  print(`${given['NAME']} is deleted`);
}

async function show({ unit, print }: Invocation): Promise<void> {
  const status = desk(unit).status();
  if (status !== null) facts(status).forEach(print);
  const files = await desk(unit).files();
  table([{ title: 'FILE' }, { title: 'SIZE', right: true }], files.map(({ name, bytes }) => [plainText(name), formatBytes(bytes)]), 'no captures are kept').forEach(print);
  if (files.length > 0) print(`In the folder captures of the data; at most ${mostCaptures} files and ${formatBytes(mostCaptureBytes)}, the oldest goes first.`);
}

function facts({ what, file, elapsedMs, packets, bytes, lost, end }: CaptureStatus): string[] {
  return pairs([
    ['capture of', plainText(what)],
    ['file', file],
    ['time', formatDuration(elapsedMs)],
    ['packets', `${packets}, ${formatBytes(bytes)}`],
    ['packets lost', lost],
    ['state', end === null ? 'at work' : `over: ${plainText(end)}`],
  ]);
}

const desk = (unit: ConsoleUnit): CaptureConsole => unit.capture as CaptureConsole;

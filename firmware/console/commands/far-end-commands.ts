import { dialledArgument, fileArgument, keysArgument, textArgument } from '../argument-kinds.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { FarEndAct, FarEndsConsole } from '../parts/far-ends-console.ts';
import { parseKeyScript, withSpeech } from '../key-script.ts';
import { plainText } from '../plain-text.ts';

const namesOf = (unit: ConsoleUnit, kind: 'trunk' | 'phone'): string[] => (unit.farEnds?.lines() ?? []).filter((line) => line.kind === kind).map(({ name }) => name);

const endArgument = (name: string, kind: 'trunk' | 'phone', help: string): ArgumentKind => ({
  name,
  help,
  check: (text, unit) => (namesOf(unit, kind).includes(text) ? null : `there is no simulated ${kind} ${text}`),
  values: (unit) => namesOf(unit, kind),
});

const trunkArgument = endArgument('TRUNK', 'trunk', 'a simulated trunk line');
const phoneArgument = endArgument('PHONE', 'phone', 'a simulated telephone');

const faults: readonly FarEndAct[] = ['unplug', 'plug', 'no-battery', 'battery'];

const simulatedArgument: ArgumentKind = {
  name: 'SIMULATED',
  help: 'a simulated line',
  check: (text, unit) => ([...namesOf(unit, 'trunk'), ...namesOf(unit, 'phone')].includes(text) ? null : `there is no simulated line ${text}`),
  values: (unit) => [...namesOf(unit, 'trunk'), ...namesOf(unit, 'phone')],
};

const faultArgument: ArgumentKind = {
  name: 'FAULT',
  help: `what becomes of it: ${faults.join(', ')}`,
  check: (text) => (faults.some((fault) => fault === text) ? null : `it is one of ${faults.join(', ')}`),
  values: () => faults,
};

const digitsArgument: ArgumentKind = {
  name: 'DIGITS',
  help: 'keys to press: 0-9 * #',
  check: (text) => (/^[0-9*#A-D]{1,64}$/.test(text) ? null : 'keys are 1 to 64 of 0-9 * # A-D'),
};

const offered = (unit: ConsoleUnit): boolean => (unit.farEnds?.lines().length ?? 0) > 0;

const phoneCommand = (word: string, act: FarEndAct, help: string, done: string): Command =>
  command({
    form: `phone ${word} PHONE`,
    help,
    arguments: [phoneArgument],
    changes: true,
    offered,
    run({ unit, given, print }) {
      unit.farEnds?.act(given['PHONE'] as string, act);
      print(`${given['PHONE']} ${done}`);
    },
  });

/** The other side of simulated lines. */
export const farEndCommands: readonly Command[] = [
  command({
    form: 'line ring TRUNK',
    help: 'a call comes in on a simulated trunk line; Ctrl-C hangs up',
    arguments: [trunkArgument],
    options: [
      { name: 'from', help: 'number of the caller', value: dialledArgument },
      { name: 'say', help: 'speak a text after the beep', value: textArgument },
      { name: 'wav', help: 'play a WAV file after the beep', value: fileArgument },
      { name: 'keys', help: 'keys to press, in order', value: keysArgument, secret: true },
    ],
    changes: true,
    offered,
    run: ring,
  }),
  command({
    form: 'line fault SIMULATED FAULT',
    help: 'pull out a simulated line card, or take the battery from the line',
    arguments: [simulatedArgument, faultArgument],
    changes: true,
    offered,
    run({ unit, given, print }) {
      unit.farEnds?.act(given['SIMULATED'] as string, given['FAULT'] as FarEndAct);
      print(`${given['SIMULATED']}: ${given['FAULT']}`);
    },
  }),
  phoneCommand('lift', 'lift', 'lift a simulated telephone', 'is lifted'),
  phoneCommand('down', 'down', 'put a simulated telephone down', 'is put down'),
  phoneCommand('flash', 'flash', 'press the hook of a simulated telephone for a moment', 'flashed'),
  command({
    form: 'phone keys PHONE DIGITS',
    help: 'press keys of a simulated telephone',
    arguments: [phoneArgument, digitsArgument],
    changes: true,
    offered,
    run({ unit, given, print }) {
      unit.farEnds?.keys(given['PHONE'] as string, given['DIGITS'] as string, 'dtmf');
      print(`${given['PHONE']} dials ${given['DIGITS']}`);
    },
  }),
];

async function ring({ unit, given, options, print, signal }: Invocation): Promise<void> {
  const [say, wav, from] = [options.get('say'), options.get('wav'), options.get('from')];
  if (say !== undefined && wav !== undefined) return print('either --say or --wav, not both');
  const speech = say !== undefined ? { kind: 'say' as const, text: say } : wav !== undefined ? { kind: 'wav' as const, file: wav } : null;
  const script = parseKeyScript(options.get('keys') ?? '');
  const call = {
    line: given['TRUNK'] as string,
    callerId: from === undefined ? null : { number: from, name: '', absent: null },
    speech,
    steps: withSpeech(script.ok ? script.steps : [], speech !== null),
  };
  print(`ended: ${plainText(await (unit.farEnds as FarEndsConsole).ring(call, (line) => print(plainText(line)), signal))}`);
}

import type { LineCounts } from '../../lines/line-counters.ts';
import { disconnectSigns } from '../../lines/disconnect-sign.ts';
import type { LineRow } from '../../lines/line-desk.ts';
import type { LineTest, LineTestResult } from '../../media/media-protocol.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { LinesConsole } from '../parts/lines-console.ts';
import { plainText } from '../plain-text.ts';
import { pairs, table } from '../table.ts';

const rows = (unit: ConsoleUnit): readonly LineRow[] => unit.lines?.rows() ?? [];

export const lineArgument: ArgumentKind = {
  name: 'LINE',
  help: 'a line, as show lines lists them',
  check: (text, unit) => (rows(unit).some(({ name }) => name === text) ? null : `there is no line ${text}`),
  values: (unit) => rows(unit).map(({ name }) => name),
};

const tests: Readonly<Record<LineTest['kind'], string>> = {
  tone: 'send 1004 Hz at 0 dBm0',
  level: 'measure what is heard',
  loop: 'send a tone and look for it in what is heard',
};

const testArgument: ArgumentKind = {
  name: 'TEST',
  help: Object.entries(tests).map(([kind, what]) => `${kind}: ${what}`).join('; '),
  check: (text) => (Object.keys(tests).includes(text) ? null : `a test is one of ${Object.keys(tests).join(', ')}`),
  values: () => Object.keys(tests),
};

const mostSeconds = 60;

const secondsArgument: ArgumentKind = {
  name: 'SECONDS',
  help: `how long, 1 to ${mostSeconds}; 5 unless told`,
  check: (text) => (/^[0-9]{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= mostSeconds ? null : `a test lasts 1 to ${mostSeconds} seconds`),
};

const hasLines = (unit: ConsoleUnit): boolean => rows(unit).length > 0;

/** Analog lines. */
export const lineCommands: readonly Command[] = [
  command({ form: 'show lines', help: 'analog lines: state, call, alarm', run: showLines }),
  command({ form: 'show line LINE', help: 'one line with its counters', arguments: [lineArgument], offered: hasLines, run: showLine }),
  command({ form: 'line test LINE TEST [SECONDS]', help: 'test an idle line: tone, level or loop', arguments: [lineArgument, testArgument, secondsArgument], changes: true, offered: hasLines, run: testLine }),
  command({ form: 'line reset LINE', help: 'close the device of a line and open it anew; a call on it ends', arguments: [lineArgument], changes: true, offered: hasLines, run: resetLine }),
];

const columns = [{ title: 'LINE' }, { title: 'KIND' }, { title: 'DEVICE' }, { title: 'STATE' }, { title: 'CALL' }, { title: 'CALLS IN', right: true }, { title: 'OUT', right: true }, { title: 'ALARM' }];

function showLines({ unit, print }: Invocation): void {
  const shown = rows(unit).map(({ name, kind, device, state, call, counts, alarm }) => [name, kind, device, state, call ?? '-', counts.offered, counts.placed, plainText(alarm ?? '')]);
  table(columns, shown, 'no lines').forEach(print);
}

function showLine({ unit, given, print }: Invocation): void {
  const row = rows(unit).find(({ name }) => name === given['LINE']);
  if (row === undefined) return;
  const { kind, device, state, call, alarm, counts } = row;
  pairs([['kind', kind], ['device', device], ['state', state], ['call', call ?? 'none'], ['alarm', plainText(alarm ?? 'none')], ...countPairs(counts)]).forEach(print);
}

const countPairs = (counts: LineCounts): (readonly [string, string])[] => [
  ['calls in', `${counts.offered}, ${counts.answered} answered, ${counts.gaveUp} given up by the caller`],
  ['calls out', `${counts.placed}, ${counts.callsFailed} failed, ${counts.glare} of them by glare`],
  ['far end gone by', disconnectSigns.map((sign) => `${sign} ${counts.disconnects[sign]}`).join(', ')],
  ['alarms', `${counts.alarms}, device lost ${counts.losses} times`],
  ['underrun', `${counts.underrun} samples`],
  ['overrun', `${counts.overrun} samples`],
];

async function testLine({ unit, given, print }: Invocation): Promise<void> {
  const test = { kind: given['TEST'] as LineTest['kind'], ms: Number(given['SECONDS'] ?? 5) * 1000 };
  const outcome = await (unit.lines as LinesConsole).test(given['LINE'] as string, test).then(resultText, (error: Error) => `no result: ${error.message}`);
  print(plainText(outcome));
}

function resultText(result: LineTestResult): string {
  switch (result.kind) {
    case 'tone':
      return `sent 1004 Hz at 0 dBm0 for ${(result.sentMs / 1000).toFixed(1)} s`;
    case 'level':
      return `heard ${result.averageDbm0.toFixed(1)} dBm0 on average, ${result.peakDbm0.toFixed(1)} at the most`;
    case 'loop':
      return result.delayMs === null ? 'nothing of the tone came back' : `the tone came back after ${Math.round(result.delayMs)} ms with ${(result.lossDb ?? 0).toFixed(1)} dB loss`;
  }
}

function resetLine({ unit, given, print }: Invocation): void {
  unit.lines?.reset(given['LINE'] as string);
  print(`line ${given['LINE']} is opened anew; look with show lines`);
}

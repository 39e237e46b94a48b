import type { Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import { formatDuration } from '../format.ts';
import { table } from '../table.ts';

const offered = (unit: ConsoleUnit): boolean => unit.queues !== null;

/** Queues that the unit owns. */
export const queueCommands: readonly Command[] = [
  command({ form: 'show queues', help: 'queues of this unit, who waits in them, and their agents', offered, run: showQueues }),
];

function showQueues({ unit, print }: Invocation): void {
  const { queues } = unit;
  if (queues === null) return print('no queues');
  const { rows, callers, agents } = queues.look();
  const number = (title: string): { title: string; right: true } => ({ title, right: true });
  const time = (ms: number | null): string => (ms === null ? '-' : formatDuration(ms));
  const lines = [
    ...table(
      [{ title: 'QUEUE' }, { title: 'NAME' }, number('WAITING'), number('TALKING'), number('LONGEST'), number('USUAL WAIT'), number('ARRIVED'), number('ANSWERED'), number('LEFT'), number('OVERFLOWED')],
      rows.map((row) => [row.number, row.name, row.waiting, row.talking, time(row.longestMs), time(row.usualWaitMs), row.arrived, row.answered, row.left, row.overflowed]),
      'no queues',
    ),
    '',
    ...table(
      [{ title: 'QUEUE' }, number('POSITION'), { title: 'CALL' }, { title: 'PRIORITY' }, number('WAITED'), number('EXPECTED'), { title: 'RINGING' }],
      callers.map((row) => [row.queue, row.position, row.call, row.priority, time(row.waitedMs), time(row.etaSec === null ? null : row.etaSec * 1000), row.ringing.join(' ') || '-']),
      'nobody waits',
    ),
    '',
    ...table(
      [{ title: 'AGENT' }, { title: 'QUEUES' }, { title: 'DOING' }, { title: 'CALL' }, { title: 'DIALOG EVENTS' }],
      agents.map((row) => [row.number, row.queues.join(' '), row.doing, row.call ?? '-', row.watch]),
      'no agents',
    ),
  ];
  lines.forEach((line) => print(line));
}

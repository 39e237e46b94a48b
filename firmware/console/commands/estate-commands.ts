import type { EstateStatus } from '../../estate/estate-parts.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { EstateConsole } from '../parts/estate-console.ts';
import { formatUptime } from '../format.ts';
import { pairs, table } from '../table.ts';

/** The unit in its estate: the broker, what was told, and what was refused. */
export const estateCommands: readonly Command[] = [
  command({ form: 'show estate', help: 'broker, pointers, alarms that stand or wait, and commands', run: withEstate(showEstate) }),
  command({ form: 'estate clear', help: 'somebody has seen to the alarms that stand: they are cleared', changes: true, run: withEstate(clear) }),
];

function withEstate(run: (estate: EstateConsole, invocation: Invocation) => void) {
  return (invocation: Invocation): void => {
    const { estate } = invocation.unit;
    if (estate === null) invocation.print('this unit is in no estate: there is no estate section in its configuration');
    else run(estate, invocation);
  };
}

function showEstate(estate: EstateConsole, { print }: Invocation): void {
  const status = estate.status();
  pairs(rows(status)).forEach(print);
  print('');
  const raised = status.alarms.raised.map(({ event, subject, text }) => [event, subject === '' ? '-' : subject, text]);
  table([{ title: 'ALARM' }, { title: 'OF' }, { title: 'TEXT' }], raised, 'no alarm stands').forEach(print);
}

function rows({ site, unit, broker, behind, pointers, alarms, commands, unseen }: EstateStatus): (readonly [string, string])[] {
  const times = broker.connections === 1 ? 'once' : `${broker.connections} times`;
  return [
    ['site', site],
    ['this unit', unit],
    ['broker', `${broker.place}: ${broker.state} for ${formatUptime(broker.forMs)}, connected ${times} since the start`],
    ...(broker.problem === null ? [] : [['problem', broker.problem] as const]),
    ['site state', behind === null ? 'no pointer is ahead of this unit' : `behind: unit ${behind.unit.slice(0, 8)} points at version ${behind.version}`],
    ['pointers', `${pointers.taken} taken${refusals(pointers.refused)}`],
    ['alarms', `${alarms.raised.length} stand, ${alarms.waiting} wait for the broker, ${alarms.told} told since the start, ${alarms.dropped} dropped`],
    ['commands', `${commands.done} done${refusals(commands.refused)}`],
    ['not looked at', unseen === 0 ? 'nothing' : `${unseen} messages: too many at once`],
  ];
}

function refusals(refused: Readonly<Record<string, number>>): string {
  const some = Object.entries(refused).filter(([, count]) => count > 0).map(([why, count]) => `${why} ${count}`);
  return some.length === 0 ? '' : `; refused: ${some.join(', ')}`;
}

function clear(estate: EstateConsole, { print }: Invocation): void {
  print(`${estate.clearAlarms()} alarms are cleared`);
}

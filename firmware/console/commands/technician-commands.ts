import { command } from '../command.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { mostTechnicians } from '../login/technicians.ts';
import { table } from '../table.ts';

const newName: ArgumentKind = {
  name: 'NAME',
  help: 'a name of 1 to 32 letters, digits, dots, dashes and underscores',
  check(text, { technicians }) {
    if (!/^[A-Za-z0-9._-]{1,32}$/.test(text)) return 'a name has 1 to 32 letters, digits, dots, dashes and underscores';
    if (technicians?.list.some(({ name }) => name === text)) return `${text} is there already: technician reset gives a new password`;
    return (technicians?.list.length ?? 0) < mostTechnicians ? null : `there are ${mostTechnicians} technicians already: remove one first`;
  },
};

const knownName: ArgumentKind = {
  name: 'NAME',
  help: 'a technician',
  check: (text, { technicians }) => (technicians?.list.some(({ name }) => name === text) ? null : `there is no technician ${text}`),
  values: ({ technicians }) => technicians?.list.map(({ name }) => name) ?? [],
};

const offered = (unit: Invocation['unit']): boolean => unit.technicians !== null;

/** Who may log in at the console socket. */
export const technicianCommands: readonly Command[] = [
  command({ form: 'show technicians', help: 'who may log in; with nobody in the list no login is asked for', offered, run: show }),
  command({ form: 'technician add NAME', help: 'let somebody log in, with a password for the first login', arguments: [newName], changes: true, offered, run: give }),
  command({ form: 'technician reset NAME', help: 'give a new password for one login', arguments: [knownName], changes: true, offered, run: give }),
  command({ form: 'technician remove NAME', help: 'let somebody log in no more', arguments: [knownName], changes: true, offered, run: remove }),
];

function show({ unit, print }: Invocation): void {
  const rows = (unit.technicians?.list ?? []).map(({ name, mustChange }) => [name, mustChange ? 'must choose a password' : '']);
  table([{ title: 'NAME' }, { title: 'STATE' }], rows, 'nobody: the console socket asks for no login').forEach(print);
}

async function give({ unit, given, print }: Invocation): Promise<void> {
  const password = await unit.technicians?.give(given['NAME'] as string);
  print(`the password for the first login of ${given['NAME']} is ${password}; it is shown only now`);
}

async function remove({ unit, given, print }: Invocation): Promise<void> {
  await unit.technicians?.remove(given['NAME'] as string);
  print(unit.technicians?.list.length === 0 ? 'removed; nobody is left, so no login is asked for' : 'removed');
}

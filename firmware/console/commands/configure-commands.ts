import { readSettingPath } from '../../config/edit/setting-path.ts';
import type { SettingPath } from '../../config/edit/setting-path.ts';
import type { PlanStep } from '../../config/plan.ts';
import { minutesArgument, pathArgument, revisionArgument, valueArgument } from '../setting-arguments.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { ConfigurationConsole } from '../parts/configuration-console.ts';
import { formatTime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { table } from '../table.ts';

/** The way in, among the other commands. */
export const configureCommand: Command = command({
  form: 'configure',
  help: 'edit the configuration: nothing holds before it is committed',
  offered: (unit) => unit.configuration !== null,
  run: withConfiguration(configure),
});

/** The commands while the configuration is edited. Only a commit changes anything of the unit. */
export const editCommands: readonly Command[] = [
  command({ form: 'set PATH [VALUE]', help: 'write a value; without VALUE an item: set mailboxes[207]', arguments: [pathArgument, valueArgument], run: withConfiguration(set) }),
  command({ form: 'delete PATH', help: 'take a key or an item away: a key gets its default back', arguments: [pathArgument], run: withConfiguration(remove) }),
  command({ form: 'show [PATH]', help: 'what the candidate says', arguments: [pathArgument], run: withConfiguration(show) }),
  command({ form: 'history', help: 'configurations of before, for rollback', run: withConfiguration(history) }),
  command({ form: 'compare', help: 'how the candidate differs from what is in force, and what it would take', run: withConfiguration(compare) }),
  command({ form: 'commit', help: 'put the candidate in force; or confirm what is on trial', changes: true, run: withConfiguration((editor, invocation) => commit(editor, invocation, null)) }),
  command({ form: 'commit check', help: 'look for faults and show what it would take; nothing changes', run: withConfiguration(check) }),
  command({
    form: 'commit confirmed MINUTES',
    help: 'put it in force on trial: without commit again within the time it goes back by itself',
    arguments: [minutesArgument],
    changes: true,
    run: withConfiguration((editor, invocation) => commit(editor, invocation, Number(invocation.given['MINUTES']))),
  }),
  command({ form: 'rollback REVISION', help: 'a configuration of before becomes the candidate; commit puts it in force', arguments: [revisionArgument], run: withConfiguration(rollback) }),
  command({ form: 'discard', help: 'begin anew with what the file says', run: withConfiguration(discard) }),
  command({ form: 'exit', help: 'leave; what is not committed is lost', run: ({ session }) => session.leaveConfigure() }),
];

function withConfiguration(run: (editor: ConfigurationConsole, invocation: Invocation) => Promise<void> | void) {
  return (invocation: Invocation): Promise<void> | void => {
    const { configuration } = invocation.unit;
    return configuration === null ? invocation.print('the configuration of this unit cannot be edited here') : run(configuration, invocation);
  };
}

async function configure(editor: ConfigurationConsole, { session, print, who }: Invocation): Promise<void> {
  const begun = await editor.begin(who);
  if (!begun.ok) return print(`not now: ${plainText(begun.holder)} is editing the configuration`);
  session.configure();
  begun.notes.forEach((note) => print(plainText(note)));
  const trial = editor.trial();
  if (trial !== null) print(`a configuration of ${plainText(trial.by)} is on trial: it goes back in ${Math.ceil(trial.leftMs / 60_000)} min, commit confirms it`);
  print('editing the configuration; ? lists the commands, exit leaves');
}

function set(editor: ConfigurationConsole, { given, print }: Invocation): void {
  const problem = editor.set(pathOf(given['PATH']), given['VALUE'] ?? null);
  if (problem !== null) print(`not done: ${plainText(problem)}`);
}

function remove(editor: ConfigurationConsole, { given, print }: Invocation): void {
  const problem = editor.remove(pathOf(given['PATH']));
  if (problem !== null) print(`not done: ${plainText(problem)}`);
}

function show(editor: ConfigurationConsole, { given, print }: Invocation): void {
  const lines = editor.show(given['PATH'] ?? '');
  (lines.length === 0 ? ['nothing is written there: the defaults hold'] : lines).forEach((line) => print(plainText(line)));
}

async function history(editor: ConfigurationConsole, { unit, print }: Invocation): Promise<void> {
  const { timeZone } = unit.clock();
  const rows = (await editor.revisions()).map(({ by, takenMs }, index) => [index, index === 0 ? 'in force' : 'kept', formatTime(takenMs, timeZone), by]);
  table([{ title: 'REVISION', right: true }, { title: 'STATE' }, { title: 'TAKEN' }, { title: 'BY' }], rows, 'none').forEach(print);
}

function compare(editor: ConfigurationConsole, invocation: Invocation): void {
  const lines = editor.compare();
  if (lines.length === 0) return invocation.print('the candidate is the same as what is in force');
  lines.forEach((line) => invocation.print(plainText(line)));
  check(editor, invocation);
}

function check(editor: ConfigurationConsole, { print }: Invocation): void {
  const found = editor.check();
  if (found.ok) printPlan(found.plan, print);
  else printFaults(found.faults, print);
}

async function commit(editor: ConfigurationConsole, { print }: Invocation, minutes: number | null): Promise<void> {
  const found = editor.check();
  if (!found.ok) return printFaults(found.faults, print);
  if (found.plan.length > 0) printPlan(found.plan, print, mostPlanLines);
  const done = await editor.commit(found.settings, minutes);
  if (!done.ok) return print(`not done, and nothing was changed: ${plainText(done.reason)}`);
  if ('unchanged' in done) return print(done.unchanged === 'confirmed' ? 'confirmed: it stays' : 'the candidate is the same as what is in force');
  if (done.waiting.length > 0) print(`wait for a restart: ${plainText(done.waiting.join(', '))}`);
  print(minutes === null ? 'committed' : `committed on trial: it goes back in ${minutes} min unless commit confirms it`);
}

async function rollback(editor: ConfigurationConsole, { given, print }: Invocation): Promise<void> {
  const problem = await editor.rollback(Number(given['REVISION']));
  print(problem === null ? 'loaded; compare shows what it changes, commit puts it in force' : `not done: ${plainText(problem)}`);
}

async function discard(editor: ConfigurationConsole, { print }: Invocation): Promise<void> {
  (await editor.discard()).forEach((note) => print(plainText(note)));
  print('the candidate is what the file says');
}

function printFaults(faults: readonly string[], print: (line: string) => void): void {
  faults.forEach((fault) => print(plainText(fault)));
  print(faults.length === 1 ? 'not done: mend this first' : `not done: mend these ${faults.length} first`);
}

const whenWords: Record<PlanStep['when'], string> = { live: 'live', idle: 'when idle', restart: 'needs restart' };

/** What a commit did must not be lost behind a long plan. */
const mostPlanLines = 16;

function printPlan(plan: readonly PlanStep[], print: (line: string) => void, most = Infinity): void {
  if (plan.length === 0) return print('nothing changes for the unit');
  plan.slice(0, most).forEach(({ path, what, when }) => print(plainText(`${whenWords[when].padEnd(13)}  ${path}: ${what}`)));
  if (plan.length > most) print(`and ${plan.length - most} steps more`);
}

/** The kind of the argument has accepted it. */
function pathOf(text: string | undefined): SettingPath {
  const path = readSettingPath(text ?? '');
  if ('problem' in path) throw new RangeError(path.problem);
  return path;
}

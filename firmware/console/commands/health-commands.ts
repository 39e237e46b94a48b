import type { CheckReport } from '../../watchdog/health-report.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import { formatDuration } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { table } from '../table.ts';

/** How the unit fares, and what was done about it. */
export const healthCommands: readonly Command[] = [command({ form: 'show health', help: 'each health check, what was wrong, remedies taken, and what follows', run: showHealth })];

const columns = [{ title: 'CHECK' }, { title: 'STATE' }, { title: 'SINCE', right: true }, { title: 'THAT' }, { title: 'NEXT' }];

function showHealth({ unit, print }: Invocation): void {
  const { watchdog, feeding, checks } = unit.health();
  table(columns, checks.map(checkRow), 'no checks').forEach(print);
  print('');
  print(`watchdog ${watchdog}: ${feeding}`);
  const told = checks.filter(({ cause }) => cause !== null);
  for (const { check, cause, taken } of told) {
    print('');
    print(`${check}: ${plainText(cause ?? '')}`);
    for (const one of taken) print(`  ${formatDuration(one.ageMs)} ago ${one.remedy}: ${plainText(one.cause)}`);
    if (taken.length === 0) print('  nothing was done about it');
  }
}

const checkRow = ({ check, condition, sinceAgeMs, about, next }: CheckReport): string[] => [check, condition, formatDuration(sinceAgeMs), about, next];

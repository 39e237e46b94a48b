import type { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { formatLogLine, severityNumber } from '../../firmware/lifecycle/unit-log.ts';

/** Log lines go to the standard error: with sd-daemon's `<n>` in front under a supervisor that keeps a journal, plain elsewhere, not at all where a console shows them. */
export function logToStandardError(log: UnitLog, consoleShows: boolean): void {
  const journal = process.env.JOURNAL_STREAM !== undefined;
  log.attach((line) => {
    if (consoleShows && severityNumber[line.severity] > severityNumber.warning) return;
    process.stderr.write(`${journal ? `<${severityNumber[line.severity]}>` : ''}${formatLogLine(line)}\n`);
  });
}

import type { LogLine, UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { formatLogLine, severityNumber } from '../../firmware/lifecycle/unit-log.ts';

/** A write to the standard error is a system call that wakes whoever reads it: lines of one turn of the loop go together, at its end. Later they would be lost with a loop that stands still, and just they say why it does. */
const mostTogether = 200;

let waiting: string[] = [];

/** Writes what waits: before an end that runs no exit handlers. */
export function flushLog(): void {
  if (waiting.length === 0) return;
  const text = waiting.join('');
  waiting = [];
  process.stderr.write(text);
}

/** Log lines go to the standard error: with sd-daemon's `<n>` in front under a supervisor that keeps a journal, plain elsewhere, not at all where a console shows them. */
export function logToStandardError(log: UnitLog, consoleShows: boolean): void {
  const journal = process.env.JOURNAL_STREAM !== undefined;
  process.on('exit', flushLog);
  log.attach((line) => {
    if (consoleShows && severityNumber[line.severity] > severityNumber.warning) return;
    if (waiting.length === 0) setImmediate(flushLog).unref();
    waiting.push(`${journal ? `<${severityNumber[line.severity]}>` : ''}${formatLogLine(line)}\n`);
    if (isUrgent(line) || waiting.length >= mostTogether) flushLog();
  });
}

/** What may be the last word. */
const isUrgent = ({ severity }: LogLine): boolean => severityNumber[severity] <= severityNumber.warning;

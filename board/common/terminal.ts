import type { Clock } from '../../hal/clock.ts';
import type { ConsoleUnit } from '../../firmware/console/console-unit.ts';
import { ConsoleSession } from '../../firmware/console/session.ts';
import type { Terminal } from '../../firmware/console/terminal.ts';
import type { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { formatLogLine } from '../../firmware/lifecycle/unit-log.ts';
import type { Stop } from './stop-reasons.ts';

export interface OpenTerminal {
  /** The person left, or closed the terminal: the unit ends with it. */
  readonly ended: Promise<Omit<Stop, 'severity'>>;
  close(): void;
}

/** A console session on the standard input and output: a terminal with line editing, or a pipe. */
export function openTerminal(unit: ConsoleUnit, clock: Clock, log: UnitLog): OpenTerminal {
  const { stdin, stdout } = process;
  const raw = stdin.isTTY === true && stdout.isTTY === true;
  const terminal: Terminal = {
    kind: raw ? (process.env.TERM === 'dumb' ? 'dumb' : 'terminal') : 'pipe',
    get columns() {
      return stdout.columns ?? 0;
    },
    get height() {
      return raw ? (stdout.rows ?? 0) : 0;
    },
    write: (text) => void stdout.write(text),
    octets: { write: (bytes) => (stdout.write(Buffer.from(bytes)), true), waiting: () => stdout.writableLength, drop: () => undefined },
  };
  let detach = (): void => undefined;
  const ended = new Promise<Omit<Stop, 'severity'>>((resolve) => {
    const session = new ConsoleSession({
      terminal,
      unit,
      clock,
      log,
      who: 'local console',
      ended: (reason) => resolve({ text: `The console was left (${reason}).`, why: `the console was left (${reason})`, code: 0 }),
      interrupted: () => resolve({ text: 'Ctrl-C at the console.', why: 'somebody pressed Ctrl-C at its console', code: 0 }),
    });
    const unlog = log.attach((line) => session.logged(line.severity, formatLogLine(line)));
    if (terminal.kind === 'terminal') stdin.setRawMode(true);
    stdin.on('data', (bytes: Buffer) => session.feed(bytes));
    stdin.on('end', () => session.inputEnded());
    detach = (): void => {
      unlog();
      session.close();
      if (terminal.kind === 'terminal') stdin.setRawMode(false);
      stdin.pause();
    };
    session.start();
  });
  return { ended, close: () => detach() };
}

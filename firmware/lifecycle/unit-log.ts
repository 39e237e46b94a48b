import type { Clock, WallMs } from '../../hal/clock.ts';
import type { Log, LogFacts, Severity } from '../log.ts';

export interface LogLine {
  readonly atMs: WallMs;
  readonly severity: Severity;
  readonly event: string;
  readonly text: string;
  readonly facts: LogFacts;
}

/** Takes finished lines; must not throw. */
export type LogSink = (line: LogLine) => void;

/** RFC 5424 numbers, as journald and syslog know them. */
export const severityNumber: Record<Severity, number> = { alert: 1, error: 3, warning: 4, notice: 5, info: 6, debug: 7 };

/** Lines kept for `show log`. */
const keptLines = 500;

/** The unit's log: keeps the last lines in memory and hands each line of sufficient severity to the sinks. */
export class UnitLog implements Log {
  readonly #clock: Clock;
  readonly #sinks = new Set<LogSink>();
  readonly #kept: LogLine[] = [];
  #threshold: Severity;

  constructor(clock: Clock, threshold: Severity) {
    this.#clock = clock;
    this.#threshold = threshold;
  }

  write(severity: Severity, event: string, text: string, facts: LogFacts = {}): void {
    if (severityNumber[severity] > severityNumber[this.#threshold]) return;
    const line: LogLine = { atMs: this.#clock.wall(), severity, event, text, facts };
    this.#kept.push(line);
    if (this.#kept.length > keptLines) this.#kept.shift();
    for (const sink of this.#sinks) sink(line);
  }

  /** Returns how to take the sink away again. */
  attach(sink: LogSink): () => void {
    this.#sinks.add(sink);
    return () => void this.#sinks.delete(sink);
  }

  set threshold(severity: Severity) {
    this.#threshold = severity;
  }

  /** The newest `count` lines, oldest first. */
  last(count: number): readonly LogLine[] {
    return this.#kept.slice(-count);
  }
}

/** One line for people: time, severity, sentence, facts. Control characters from the network are made harmless. */
export function formatLogLine(line: LogLine): string {
  const facts = Object.entries(line.facts).filter(([, value]) => value !== null && value !== undefined);
  const tail = facts.map(([key, value]) => ` ${key}=${value}`).join('');
  const text = `${new Date(line.atMs).toISOString()} ${line.severity.padEnd(7)} ${line.event}: ${line.text}${tail}`;
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

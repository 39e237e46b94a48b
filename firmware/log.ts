/** Severities of RFC 5424 that the unit uses, worst first; journald reads the number. */
export type Severity = 'alert' | 'error' | 'warning' | 'notice' | 'info' | 'debug';

/** Facts of one event; values are printed as key=value. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Where events are told. `event` is a stable lower-case id ('call-ended'), `text` a sentence for people. Never throws, never blocks. */
export interface Log {
  write(severity: Severity, event: string, text: string, facts?: LogFacts): void;
}

/** A log that forgets, for pure tests. */
export const silentLog: Log = { write() {} };

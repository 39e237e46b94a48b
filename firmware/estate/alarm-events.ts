import type { LogFacts, Severity } from '../log.ts';

/** An alarm as the log told it. */
export interface AlarmEvent {
  readonly event: string;
  /** What it concerns, where several may have it: a mailbox, a health check; '' = the unit. */
  readonly subject: string;
  readonly state: 'raised' | 'cleared';
  readonly text: string;
}

/** Which event of the log ends which alarms. An alarm without one stands until somebody clears it, or the unit starts again. */
const ends: Readonly<Record<string, readonly string[]>> = {
  'mailbox-unlocked': ['mailbox-locked'],
  'paired': ['pair-no-key'],
  'site-mended': ['site-not-in-force'],
  // All that a check tells on its way up the ladder.
  'healthy-again': ['unhealthy', 'remedy', 'no-remedy', 'watchdog-starved'],
};

const longestText = 200;

/** What a line of the log means to those who watch the estate; mostly nothing. Every alert is an alarm. */
export function alarmsOf(severity: Severity, event: string, text: string, facts: LogFacts): readonly AlarmEvent[] {
  const about = { subject: String(facts['mailbox'] ?? facts['check'] ?? '').slice(0, 32), text: harmless(text) };
  if (severity === 'alert') return [{ event: event.slice(0, 64), state: 'raised', ...about }];
  return (ends[event] ?? []).map((ended) => ({ event: ended, state: 'cleared', ...about }));
}

/** One line, shortened; what stands in it may come from outside. */
const harmless = (text: string): string => {
  const line = text.replace(/[\p{Cc}\p{Cs}"\\]/gu, "'");
  return line.length <= longestText ? line : `${line.slice(0, longestText - 3)}...`;
};

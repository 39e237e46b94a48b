import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import type { Severity } from '../../firmware/log.ts';

/** Why the unit ends, and with which exit code. */
export interface Stop {
  readonly severity: Severity;
  readonly text: string;
  /** The same after 'because', without its full stop, for the next start. */
  readonly why: string;
  readonly code: number;
}

/** SIGTERM, SIGINT, or the loss of the media thread, which only a new process can mend: the recordings in progress are salvaged by its start. */
export function stopReasons(media: { lost: ((reason: string) => void) | null }): Promise<Stop> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve({ severity: 'notice', text: `The unit got ${signal}.`, why: `it got ${signal}`, code: exitCodes.ok.code }));
    media.lost = (reason) => resolve({ severity: 'error', text: `The media thread was lost: ${reason}`, why: `the media thread was lost: ${reason}`, code: exitCodes.startAgain.code });
  });
}

import type { Command } from './note-bodies.ts';

/** Why an authentic command is not done. */
export type GateRefusal = 'old' | 'expired' | 'early' | 'too-long';

/** How much later than the unit's an operator's clock may be. */
export const skewMs = 5 * 60_000;
/** Nobody should be able to keep a command for a bad day. */
export const longestLifeMs = 60 * 60_000;

/**
 * Whether a command of a known key may be done now; null = yes. Once: its sequence must be above all that were done (`floor`), which
 * no clock decides. In time: by the unit's own clock, which may be wrong. A clock that stands before the moment in which the
 * command was made (a board without a battery wakes in 1970) cannot tell whether it has expired, so nothing is done by it but a
 * report, which changes nothing and shows the clock. A clock that is ahead lets commands expire early, and the answer says so.
 */
export function refusalOf(command: Command, floor: number, nowMs: number): GateRefusal | null {
  if (command.sequence <= floor) return 'old';
  if (command.command === 'report') return null;
  if (command.expiresMs - command.issuedMs > longestLifeMs) return 'too-long';
  if (nowMs + skewMs < command.issuedMs) return 'early';
  return nowMs >= command.expiresMs ? 'expired' : null;
}

/** For the operator. The clock is shown because it may be what is wrong. */
export function refusalText(why: GateRefusal, nowMs: number): string {
  const clock = `the clock of the unit shows ${new Date(nowMs).toISOString()}`;
  switch (why) {
    case 'old':
      return 'a command with this number or a higher one was done before';
    case 'expired':
      return `the command has expired: ${clock}`;
    case 'early':
      return `${clock}, which is before the command was made, so the unit cannot tell whether it has expired; set the clock`;
    case 'too-long':
      return `a command may be good for ${longestLifeMs / 60_000} minutes at most`;
  }
}

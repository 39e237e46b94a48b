import type { PlayWish } from '../../calls/play-at.ts';
import type { TestCallEnd } from './test-phone.ts';

/** Calls of the unit's own, to let somebody hear something. */
export interface PlayConsole {
  /**
   * Calls an extension, plays, and hangs up. `tell` gets a line for each thing that happens; aborting `signal` hangs up. Errors: HalError
   * busy (no port is free), not-found (no such peer, message or greeting; no peer can be called), unreachable, timed-out.
   */
  play(wish: PlayWish, tell: (line: string) => void, signal: AbortSignal): Promise<TestCallEnd>;
}

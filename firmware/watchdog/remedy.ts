/** What can be done about a fault, the milder first. To look again is the first rung of every ladder (`tries`). */
export type Remedy = 'reopen-sip' | 'reopen-lines' | 'hand-over' | 'restart-process' | 'reboot';

interface RemedyFacts {
  /** What is done, for the log: 'the SIP sockets are opened anew'. */
  readonly does: string;
  /** Whatever asks for it, it is not taken again before this time is over. */
  readonly pauseMs: number;
}

const minuteMs = 60_000;

/**
 * Restarting the media thread alone is none of them: calls, sockets and the pair's heartbeat live in it, and their other halves in
 * the control thread would have to be rebuilt under running calls. A new process does the same from a state that every start has.
 */
export const remedies: Readonly<Record<Remedy, RemedyFacts>> = {
  'reopen-sip': { does: 'the SIP sockets are opened anew', pauseMs: minuteMs },
  'reopen-lines': { does: 'the lines that cannot be used are opened anew', pauseMs: minuteMs },
  'hand-over': { does: 'the partner is asked to serve', pauseMs: 0 },
  'restart-process': { does: 'the process ends, for its supervisor to start it again', pauseMs: 10 * minuteMs },
  'reboot': { does: 'the machine is restarted', pauseMs: 60 * minuteMs },
};

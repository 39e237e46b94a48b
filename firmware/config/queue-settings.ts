/** A queue that this unit owns: callers wait for one of the agents. A mailbox of the same number takes those who wait too long. */
export interface QueueSettings {
  /** What is dialled, or transferred to, to get in. */
  readonly number: string;
  readonly name: string;
  /** Extensions, in the order of 'in-turn'. */
  readonly agents: readonly string[];
  /** Name of the PBX where the agents are called; null = the first in use. */
  readonly peer: string | null;
  /** longest-idle: the agent who has been free for the longest; in-turn: the first in the list who is free; all: every free one at once. */
  readonly ring: 'longest-idle' | 'in-turn' | 'all';
  /** An agent who does not answer for so long is passed over for a minute. */
  readonly ringSec: number;
  /** Announcement Queued after so long, Still Queued so long after it and then every so often; 0 = not (again). */
  readonly firstSec: number;
  readonly secondSec: number;
  readonly everySec: number;
  /** Further callers overflow at once. */
  readonly mostWaiting: number;
  readonly mostWaitSec: number;
  /** Where callers go who wait too long, or find no agent: a number at the PBX; null = the mailbox of the queue's number, or the call ends. */
  readonly overflow: string | null;
  /** Key by which a caller leaves the queue for its mailbox; null = none. */
  readonly breakoutKey: string | null;
  /** Of callers who come in by its number; an agent of several queues takes the highest first. */
  readonly priority: 'low' | 'medium' | 'high';
  /** What waiting callers hear: 'ringing', 'silence', or a recorded prompt again and again. */
  readonly music: string;
  /** Agents are watched by dialog events (RFC 4235); false, or where the PBX has none: they are tried. */
  readonly watch: boolean;
  /** Callers who are due about the same time hear one announcement together. */
  readonly together: boolean;
}

/** How a PBX that owns queues says in an INVITE that its caller waits in one, and is to hear an announcement. Names of header fields. */
export interface QueuedSettings {
  /** Says which announcement it is, by one of the two values. */
  readonly header: string;
  readonly queued: string;
  readonly stillQueued: string;
  /** A parameter of the Request-URI that says the same, with the same values; null = there is none. */
  readonly parameter: string | null;
  readonly position: string;
  /** Seconds until an answer is expected, and since the caller came into the queue. */
  readonly eta: string;
  readonly waited: string;
  /** Names the queued call, the same in each of its announcements. */
  readonly call: string;
  /** Of the BYE by which the unit ends the announcement: 'back' to the queue, or 'end' of the call, as a flow wants it. */
  readonly result: string;
}

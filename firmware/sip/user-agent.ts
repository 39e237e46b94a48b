import type { DatagramNet } from '../../hal/datagram.ts';
import type { Clock } from '../../hal/clock.ts';
import type { Net } from '../../hal/net.ts';
import type { Random } from '../../hal/random.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { PeerSettings, Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { Leg, LegHandlers, OutgoingCall } from './leg.ts';
import type { PbxState } from './watch/pbx-machine.ts';

/** RFC 3842 counts of one mailbox; never negative. */
export interface MessageCounts {
  readonly newMessages: number;
  readonly oldMessages: number;
  readonly urgentNew: number;
  readonly urgentOld: number;
}

export interface UserAgentParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly datagram: DatagramNet;
  readonly stream: StreamNet;
  readonly net: Net;
  readonly log: Log;
}

export interface UserAgentOptions {
  readonly sip: Settings['sip'];
  readonly peers: readonly PeerSettings[];
  /** 'Understudy/0.1.0', for User-Agent and Server. */
  readonly product: string;
  /** A call came in from a configured peer; answer with what to call back. Called before any response but 100. */
  readonly incoming: (leg: Leg) => LegHandlers;
  /** Whether the unit can serve now: OPTIONS gets 200 or 503 by it. */
  readonly available: () => boolean;
  /** Counts for a new subscription; null = no such mailbox (404). */
  readonly counts: (mailbox: string) => MessageCounts | null;
  /** Those whose lamps a PBX is told when it comes into use. */
  readonly mailboxes: () => readonly string[];
  /** Every peer with a host is watched, not only PBXs with a backup: a pair needs to know whether it sees anybody. */
  readonly watchAll: boolean;
}

/** State of one registration or peer, for the console. */
export interface PeerStatus {
  readonly name: string;
  readonly registration: 'off' | 'registering' | 'registered' | 'failed';
  readonly detail: string;
  /** What the watch knows of it; null = it is not watched. */
  readonly watch: PbxState | null;
  /** The unit registers there and tells it lamps: of a PBX and its backups one is, and on a standby none. */
  readonly inUse: boolean;
  readonly received: number;
  readonly sent: number;
}

export interface SipCounters {
  /** From nobody we know: dropped silently. */
  readonly strangers: number;
  readonly malformedAnswered: number;
  readonly malformedDropped: number;
  readonly retransmissionsSent: number;
  readonly retransmissionsReceived: number;
  readonly transactions: number;
  readonly legs: number;
  readonly subscriptions: number;
  /** Exceptions caught at the datagram boundary; each is a defect. */
  readonly caught: number;
}

export interface UserAgent {
  /** Binds sockets and starts registrations. Errors: HalError address-in-use etc. */
  start(): Promise<void>;
  /** BYE on every leg, un-REGISTER, NOTIFY terminated to subscribers, then closes; at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Live change of peers and timers; sockets stay. */
  apply(sip: Settings['sip'], peers: readonly PeerSettings[]): void;
  /** Answers on this address of the pair too, which the unit must hold already; null = no more. Errors: HalError address-in-use, address-unavailable, permission-denied. */
  share(address: string | null): Promise<void>;
  /**
   * Off: a standby. It answers calls, refuses OPTIONS and SUBSCRIBE with 503, and says nothing by itself but the OPTIONS of its
   * watch: registrations are taken back, subscribers sent away, no lamp and no call leaves. On: it registers at once and tells
   * every lamp. A unit begins with on; calls in progress go on either way.
   */
  serve(on: boolean): void;
  /** How long ago anything was heard of any watched PBX, which is asked every sip.watchMs. Infinity = never; null = none is watched. */
  aliveMs(): number | null;
  /** Whether anything is heard of a watched PBX within the time, by asking at once; what was heard less than `maxAgeMs` ago counts too. */
  hearsPbx(timeoutMs: number, maxAgeMs: number): Promise<boolean>;
  /** On a standby, or while the unit stops, the leg ends at once. */
  place(call: OutgoingCall, handlers: LegHandlers): Leg;
  /** Tells every subscriber and every 'notify' peer in use. At most one NOTIFY a second per mailbox and receiver; the last state always goes out. */
  lamp(mailbox: string, counts: MessageCounts): void;
  legs(): readonly Leg[];
  peers(): readonly PeerStatus[];
  counters(): SipCounters;
}

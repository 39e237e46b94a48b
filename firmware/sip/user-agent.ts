import type { DatagramNet, Endpoint } from '../../hal/datagram.ts';
import type { Clock } from '../../hal/clock.ts';
import type { Net } from '../../hal/net.ts';
import type { Random } from '../../hal/random.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { PeerSettings, Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { DialogWatchState } from './dialog-events/dialog-watch-machine.ts';
import type { WatchedPhone } from './dialog-events/dialog-watcher.ts';
import type { PhoneLine } from './dialog-events/phone-dialogs.ts';
import type { Leg, LegHandlers, OutgoingCall } from './leg.ts';
import type { LegRecord } from './session/leg-record.ts';
import type { MainPbx } from './watch/main-pbx.ts';
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
  /** A watched telephone does something else than before; first it is 'unknown'. */
  readonly phoneChanged?: (key: string, line: PhoneLine) => void;
  /** More is known of a watched PBX, or less: others may be in use than before. Not told of what `apply` and `serve` change. */
  readonly pbxChanged?: () => void;
  /** A call came in from a configured peer; answer with what to call back. Called before any response but 100. */
  readonly incoming: (leg: Leg) => LegHandlers;
  /** Whether the unit can serve now: OPTIONS gets 200 or 503 by it. */
  readonly available: () => boolean;
  /** Counts for a new subscription; null = no such mailbox (404). */
  readonly counts: (mailbox: string) => MessageCounts | null;
  /** Those whose lamps a PBX is told when it comes into use. */
  readonly mailboxes: () => readonly string[];
  /** Name of the PBX that is told the lamp of a mailbox; null, or left out: each that is told lamps. */
  readonly lampPeer?: (mailbox: string) => string | null;
  /** Every peer with a host is watched, not only PBXs with a backup: a pair needs to know whether it sees anybody. */
  readonly watchAll: boolean;
  /** The shared address, where it is to carry the calls that come to it from unit to unit; absent or null = calls stay with their unit. */
  readonly followsOn?: string | null;
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
  /** Calls that came from the partner, or went there, while they were up. */
  readonly adopted: number;
  readonly released: number;
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
  /** The sockets are closed and opened again, for those that went deaf; calls go on. Errors: those of `start` and `share`. */
  reopen(): Promise<void>;
  /** Asks itself by OPTIONS through the network. Resolves to why there was no answer, as a sentence without its full stop; null = there was one. Never rejects. */
  probeSelf(): Promise<string | null>;
  /** Where a caller on this machine finds the unit. */
  ownPlace(): { readonly at: Endpoint; readonly transport: 'udp' | 'tcp' };
  /** Calls from there are taken like those of a peer until the returned function is called: the unit's own (`update/own-call.ts`). */
  admitOwn(from: Endpoint, transport: 'udp' | 'tcp'): () => void;
  /**
   * Off: a standby. It answers calls, refuses OPTIONS and SUBSCRIBE with 503, and says nothing by itself but the OPTIONS of its
   * watch: registrations are taken back as soon as another unit is registered there, subscribers sent away, no lamp and no call
   * leaves. On: it registers at once and tells every lamp. A unit begins with on; calls in progress go on either way. `leaving`: the
   * unit is about to stop, and waits for no other.
   */
  serve(on: boolean, leaving?: boolean): void;
  /** How long ago anything was heard of any watched PBX, which is asked every sip.watchMs. Infinity = never; null = none is watched. */
  aliveMs(): number | null;
  /** Whether the PBXs are heard that others stand in for. */
  mainPbx(): MainPbx;
  /** Whether anything is heard of a watched PBX within the time, by asking at once; what was heard less than `maxAgeMs` ago counts too. */
  hearsPbx(timeoutMs: number, maxAgeMs: number): Promise<boolean>;
  /** On a standby, or while the unit stops, the leg ends at once. */
  place(call: OutgoingCall, handlers: LegHandlers): Leg;
  /** Those whose dialogs are to be watched (RFC 4235), all of them; `phoneChanged` tells. On a standby none is. At most 256. */
  watchPhones(phones: readonly WatchedPhone[]): void;
  watchState(key: string): DialogWatchState | 'off';
  /**
   * Carries on the call of a record: its dialog is answered here as soon as the unit holds the shared address. Nothing is sent at
   * once; `established` does not follow. null: the call is here already, or the unit stops.
   */
  adopt(record: LegRecord, handlers: LegHandlers): Leg | null;
  /** Tells every subscriber and every 'notify' peer in use. At most one NOTIFY a second per mailbox and receiver; the last state always goes out. */
  lamp(mailbox: string, counts: MessageCounts): void;
  /** Tells every PBX in use every lamp once more, whatever it was told before: somebody else has told lamps meanwhile. */
  tellLamps(): void;
  legs(): readonly Leg[];
  peers(): readonly PeerStatus[];
  counters(): SipCounters;
}

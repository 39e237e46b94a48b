import type { MediaCommand, MediaEvent } from '../media/media-protocol.ts';
import type { CallFacts, Leg, LegHandlers } from '../sip/leg.ts';
import type { Call } from './call.ts';
import type { CallFollower, CallStanding } from './call-follower.ts';
import type { CarriedFlow } from './flow-call.ts';
import type { FlowServices } from './flow-services.ts';
import type { FollowedCall } from './followed-call.ts';
import type { Port } from './port-pool.ts';
import type { Route } from './route-call.ts';

/** What a call needs of the unit. */
export interface CallParts {
  readonly services: FlowServices;
  readonly send: (command: MediaCommand) => void;
  /** Where the peer can send RTP for this port. */
  readonly mediaOf: (port: Port, leg: Leg) => Promise<{ address: string; rtpPort: number }>;
  /** The SIP URI at which owners collect who call as this one does; null, or left out: they are served here. */
  readonly collectElsewhere?: (facts: CallFacts) => string | null;
  /** Somebody waits for just this call, and has it; null, or left out: nobody does. */
  readonly claims?: (leg: Leg) => LegHandlers | null;
  /** Where a call goes that its own facts would send elsewhere; null, or left out: it is as they say. */
  readonly returned?: (facts: CallFacts) => Route | null;
  /** The call is over; its port may be given to another. */
  readonly released: (call: Call) => void;
  /** null: nobody could carry a call on. */
  readonly follower: () => CallFollower | null;
}

/** A call that the unit places itself. */
export interface OwnCall {
  /** A caller is handed over by it: when it is diverted to voicemail it may come back here, for whom the caller called then. */
  readonly mayComeBack?: true;
  readonly id: string;
  readonly leg: Leg;
  readonly port: Port;
  mediaEvent(event: MediaEvent): void;
  hangUp(text: string): void;
  summary(): CallSummary;
}

/** A call that another unit had, to be carried on. */
export interface CarriedCall {
  readonly followed: FollowedCall;
  /** Since it was written down. */
  readonly ageMs: number;
  readonly recording: CarriedFlow['recording'];
}

/** What the console shows of a call. */
export interface CallSummary {
  readonly id: string;
  readonly peer: string;
  readonly caller: string;
  readonly dialled: string;
  readonly mailbox: string | null;
  readonly port: number | null;
  /** All that it has, where that is not the one. */
  readonly ports?: readonly number[];
  /** The flow's state while it runs, else the call's. */
  readonly doing: string;
  readonly elapsedMs: number;
  /** Whether the partner could carry it on; null: calls end with the unit that has them. */
  readonly partner: CallStanding | null;
}

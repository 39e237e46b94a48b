import { createHash } from 'node:crypto';
import type { WallMs } from '../../hal/clock.ts';
import type { MessageFacts } from '../mailbox/message.ts';
import { maxNameLength, maxNumberLength } from '../mailbox/recording.ts';
import type { MediaDirection, MediaSettings, RtpStream } from '../media/media-protocol.ts';
import type { LegRecord } from '../sip/session/leg-record.ts';
import type { FlowRecord } from './flow-record.ts';
import { mailboxOf } from './route-call.ts';

/** As JSON; a larger call is not followed. */
export const followedCallLimitBytes = 2048;

/** What another unit needs to carry a call on: JSON, at most `followedCallLimitBytes`. */
export interface FollowedCall {
  /** Unique, and the same on both units: `followedId` of the leg. */
  readonly id: string;
  readonly leg: LegRecord;
  readonly media: MediaRecord;
  /** null: the call has no flow yet, or its flow has nothing to go on with. */
  readonly flow: FlowRecord | null;
}

/** What the call's port does. */
export interface MediaRecord {
  /** As the port has them, after `heldMedia`. */
  readonly settings: MediaSettings;
  /** Of the call as it was established: tells hold from a call that was one-way from the start. */
  readonly directionAtFirst: MediaDirection;
  readonly port: number;
  /** The peer sends here: the port of the other unit that carries it on must have the same number. */
  readonly rtpPort: number;
  /** null: not known yet. The other unit goes on with `movedOn(stream, the time since, ptimeMs)`. */
  readonly stream: RtpStream | null;
  /** Age of `stream` when the record was written. Clocks of two units, and of two threads, have nothing in common. */
  readonly streamAgeMs: number;
}

/** A dialog (RFC 3261 section 12) has the same id on whichever unit: 16 letters of a digest over its three parts. */
export const followedId = ({ dialog }: LegRecord): string =>
  createHash('sha256').update(JSON.stringify([dialog.callId, dialog.local, dialog.remote])).digest('base64url').slice(0, 16);

/** What the message that is being recorded begins with; null = none is. */
export function messageFactsOf({ leg, flow }: FollowedCall): MessageFacts | null {
  if (flow === null || flow.recording === null) return null;
  const mailbox = flow.recording.mailbox ?? mailboxOf(flow.route);
  if (mailbox === null) return null;
  const { caller } = leg.facts;
  return {
    mailbox,
    callerNumber: caller.number.slice(0, maxNumberLength),
    callerName: caller.name.slice(0, maxNameLength),
    startedMs: flow.recording.startedMs as WallMs,
    reason: ('reason' in flow.route ? flow.route.reason : undefined) ?? leg.facts.reason,
    codec: flow.recording.codec,
  };
}

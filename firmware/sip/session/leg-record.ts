import * as v from 'valibot';
import type { CodecName, MediaSettings } from '../../media/media-protocol.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { CallFacts } from '../leg.ts';
import type { SdpSession } from '../sdp/offer-answer.ts';
import { tagOf } from '../transaction/transaction-key.ts';
import type { Flow, TransportName } from '../transaction-layer.ts';
import type { SessionTimer } from './session-timer.ts';

/** As JSON. A usual call needs about two thirds of it; a leg that needs more is not written down. */
export const legRecordLimitBytes = 1400;

/** An established leg written down, so that another unit on the same address can carry it on (`UserAgent.adopt`). JSON only. */
export interface LegRecord {
  readonly facts: Omit<CallFacts, 'callId' | 'remoteAddress' | 'transport'>;
  readonly dialog: Omit<Dialog, 'localTag' | 'remoteTag'>;
  readonly transport: TransportName;
  /** Where the peer's packets came from. */
  readonly remote: { readonly address: string; readonly port: number };
  /** The shared address: of our Contact, and of our audio. */
  readonly local: { readonly address: string; readonly port: number };
  readonly rtpPort: number;
  readonly codecs: readonly CodecName[];
  /** The peer takes UPDATE. */
  readonly updates: boolean;
  readonly timer: SessionTimer | null;
  readonly sdp: SdpSession;
  readonly agreed: MediaSettings;
}

const text = v.pipe(v.string(), v.maxLength(legRecordLimitBytes));
const count = v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(2 ** 32 - 1));
const endpoint = v.strictObject({ address: text, port: v.pipe(count, v.minValue(1), v.maxValue(65_535)) });
const codec = v.picklist(['PCMU', 'PCMA']);
const payloadType = v.pipe(count, v.minValue(0), v.maxValue(127));

/** Of `MediaSettings`, wherever they come from another unit. */
export const mediaSettingsSchema = v.strictObject({
  remote: v.nullable(endpoint),
  remoteRtcp: v.nullable(endpoint),
  codec,
  payloadType,
  eventPayloadType: v.nullable(payloadType),
  direction: v.picklist(['sendrecv', 'sendonly', 'recvonly', 'inactive']),
  ptimeMs: v.pipe(count, v.minValue(10), v.maxValue(60), v.multipleOf(10)),
});

/** What a partner may say that it is; it is authenticated, and may still be of another version. */
export const legRecordSchema = v.strictObject({
  facts: v.strictObject({
    caller: v.strictObject({ number: text, name: text, uri: text }),
    originalTarget: text,
    targetSource: v.picklist(['request-uri-target', 'history-info', 'diversion', 'to', 'request-uri']),
    reason: v.picklist(['busy', 'no-answer', 'out-of-hours', 'default']),
    dialled: text,
    userToUser: v.exactOptional(text),
    peer: text,
  }),
  dialog: v.strictObject({ callId: text, local: text, remote: text, remoteTarget: text, routes: v.pipe(v.array(text), v.maxLength(64)), localCSeq: count, remoteCSeq: count }),
  transport: v.picklist(['udp', 'tcp']),
  remote: endpoint,
  local: endpoint,
  rtpPort: v.pipe(count, v.minValue(1), v.maxValue(65_535)),
  codecs: v.pipe(v.array(codec), v.maxLength(2)),
  updates: v.boolean(),
  timer: v.nullable(v.strictObject({ intervalSec: v.pipe(count, v.minValue(1)), weRefresh: v.boolean() })),
  sdp: v.strictObject({ id: text, version: count, last: text }),
  agreed: mediaSettingsSchema,
}) satisfies v.GenericSchema<unknown, LegRecord>;

/** null: it is none, or one of another version. */
export function readLegRecord(value: unknown): LegRecord | null {
  const read = v.safeParse(legRecordSchema, value);
  return read.success ? read.output : null;
}

export const bytesOf = (record: LegRecord): number => Buffer.byteLength(JSON.stringify(record));

/** The dialog of a record. */
export const recordedDialog = ({ dialog }: LegRecord): Dialog => ({ ...dialog, localTag: tagOf(dialog.local), remoteTag: tagOf(dialog.remote) });

/** On TCP the connection is gone with the unit that had it. */
export const recordedFlow = ({ transport, remote, local }: LegRecord): Flow => ({ transport, remote, connection: null, local, shared: true, followed: true });

export function recordedFacts({ facts, dialog, remote, transport }: LegRecord): CallFacts {
  return { ...facts, callId: dialog.callId, remoteAddress: remote.address, transport };
}

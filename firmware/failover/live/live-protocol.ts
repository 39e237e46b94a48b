import * as v from 'valibot';
import { pointNames } from '../../callflow/document/flow-document.ts';
import { mostEntered } from '../../calls/flow-record.ts';
import { followedCallLimitBytes } from '../../calls/followed-call.ts';
import type { FollowedCall } from '../../calls/followed-call.ts';
import { codecs, diversionReasons, idPattern, mailboxPattern } from '../../mailbox/recording.ts';
import { mediaSettingsSchema, readLegRecord } from '../../sip/session/leg-record.ts';
import type { Data } from '../../site/channel/frame.ts';

/**
 * What the two say about calls in progress, over a connection of their own.
 *
 *   the unit that serves                    the other one
 *                                  <-  want {}                      send what there is, from now on
 *   begin {}                       ->                               all calls follow; what is not among them is over
 *   call { format, call }          ->                               the newest record of one
 *   audio { id, recording, ... } + bytes ->                         the next of a recording, 64 kbit/s while it lasts
 *   began {}                       ->
 *   gone { id }                    ->
 *   ask sync {}                    ->  answer                       all before it has been taken in
 *                                  <-  missing { id, from }         audio was lost on the way, or its disk was busy
 *                                  <-  failed { id }                its disk refused the recording
 *                                  <-  taken { id }                 the call goes on here
 *                                  <-  kept { id, bytes }           so much of its recording is durable here; null = none of it
 */
export const liveService = 'live';

/** Of records: a unit of another version may not understand them. */
export const recordFormat = 1;

export const idLimit = 128;

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(idLimit));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const wholeRecording = v.pipe(v.string(), v.regex(idPattern));

export const pushes = {
  want: v.object({}),
  begin: v.object({}),
  began: v.object({}),
  call: v.object({ format: count, call: v.unknown() }),
  audio: v.object({ id, recording: wholeRecording, offset: count, lost: count }),
  gone: v.object({ id }),
  missing: v.object({ id, from: count }),
  failed: v.object({ id }),
  taken: v.object({ id }),
  kept: v.object({ id, bytes: v.nullable(count) }),
};

export type PushKind = keyof typeof pushes;
export type Pushed = { readonly [Kind in PushKind]: { readonly kind: Kind; readonly data: v.InferOutput<(typeof pushes)[Kind]> } }[PushKind];

/** null: not of this protocol; a newer partner may say more. */
export function readPush(kind: string, data: Data): Pushed | null {
  if (!(kind in pushes)) return null;
  const read = v.safeParse(pushes[kind as PushKind], data);
  return read.success ? ({ kind, data: read.output } as Pushed) : null;
}

/** What becomes a file, a port or a timer here is checked; the rest is the partner's own word, read by whoever goes on with it. */
const callSchema = v.object({
  id,
  leg: v.looseObject({}),
  media: v.looseObject({ settings: mediaSettingsSchema, port: count, rtpPort: count, streamAgeMs: v.pipe(v.number(), v.minValue(0)) }),
  flow: v.nullable(
    v.looseObject({
      route: v.variant('to', [v.object({ to: v.literal('leave'), mailbox: v.pipe(v.string(), v.regex(mailboxPattern)), reason: v.optional(v.picklist(diversionReasons)) }), v.looseObject({ to: v.literal('collect') }), v.object({ to: v.literal('flow'), flow: v.string(), point: v.nullable(v.picklist(pointNames)), mailbox: v.nullable(v.pipe(v.string(), v.regex(mailboxPattern))), reason: v.optional(v.picklist(diversionReasons)) })]),
      name: v.picklist(['leave', 'collect', 'document']),
      state: v.looseObject({ name: v.string() }),
      effects: v.pipe(v.array(v.looseObject({ type: v.string() })), v.maxLength(16)),
      entered: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(mailboxPattern))), v.maxLength(mostEntered))),
      playedMs: v.pipe(v.number(), v.minValue(0)),
      recording: v.nullable(v.object({ id: wholeRecording, startedMs: v.pipe(v.number(), v.finite()), codec: v.picklist(codecs), mailbox: v.optional(v.pipe(v.string(), v.regex(mailboxPattern))) })),
    }),
  ),
});

/** null: it cannot be one. */
export function readCall(call: unknown): FollowedCall | null {
  const read = v.safeParse(callSchema, call);
  const leg = read.success ? readLegRecord(read.output.leg) : null;
  return read.success && leg !== null && JSON.stringify(call).length <= followedCallLimitBytes ? ({ ...read.output, leg } as unknown as FollowedCall) : null;
}

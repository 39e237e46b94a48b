import * as v from 'valibot';
import type { CodecName } from '../media/media-protocol.ts';
import type { RecordingKind } from './message.ts';
import { greetingKinds } from './owner-choices.ts';

/**
 * What a framed log says of itself: its first frame (facts) and, once it is complete, its last (trailer). Both are JSON with
 * bounded texts; facts of a greeting or name have no caller.
 */
export const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Mailbox numbers are folder names too. */
export const mailboxPattern = /^[0-9A-Za-z*#+_-]{1,32}$/;
export const maxNumberLength = 64;
export const maxNameLength = 96;
/** What units call each other in recordings. */
export const unitMarkPattern = /^[0-9A-Za-z-]{1,32}$/;

export const diversionReasons = ['busy', 'no-answer', 'out-of-hours', 'default'] as const;
export const codecs = ['PCMU', 'PCMA'] as const satisfies readonly CodecName[];
const kinds = ['message', 'draft', ...greetingKinds] as const satisfies readonly RecordingKind[];
export const maxNotFor = 20;

const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** As `MessageMarks`: only what a message has is written, so that one without any is as it always was. */
export const marksEntries = {
  priority: v.exactOptional(v.literal(true)),
  private: v.exactOptional(v.literal(true)),
  sentAs: v.exactOptional(v.picklist(['forwarded', 'reply', 'broadcast', 'undelivered'])),
  sender: v.exactOptional(v.pipe(v.string(), v.regex(mailboxPattern))),
  introductionMs: v.exactOptional(wholeNumber),
  notFor: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.regex(mailboxPattern))), v.maxLength(maxNotFor), v.readonly())),
};

const factsSchema = v.object({
  kind: v.picklist(kinds),
  id: v.pipe(v.string(), v.regex(idPattern)),
  mailbox: v.pipe(v.string(), v.regex(mailboxPattern)),
  callerNumber: v.pipe(v.string(), v.maxLength(maxNumberLength)),
  callerName: v.pipe(v.string(), v.maxLength(maxNameLength)),
  startedMs: v.pipe(v.number(), v.finite()),
  reason: v.picklist(diversionReasons),
  codec: v.picklist(codecs),
  /** The unit that this one stood in for; recordings of units that stand alone, and older ones, have none. */
  takenFor: v.optional(v.pipe(v.string(), v.regex(unitMarkPattern))),
  ...marksEntries,
});

const trailerSchema = v.object({
  durationMs: wholeNumber,
  /** Of all audio bytes in the file, also those beyond `keepBytes`; lower-case hexadecimal. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  reason: v.pipe(v.string(), v.maxLength(64)),
  interrupted: v.boolean(),
  /** Audio bytes from the start that count; the rest (trailing digits, say) is not played. */
  keepBytes: wholeNumber,
  lostPackets: wholeNumber,
  /** What the caller chose after speaking. */
  priority: v.exactOptional(v.literal(true)),
  private: v.exactOptional(v.literal(true)),
});

export type RecordingFacts = v.InferOutput<typeof factsSchema>;
export type RecordingTrailer = v.InferOutput<typeof trailerSchema>;

/** Both throw a ValiError or SyntaxError on anything else than what was written. */
export const decodeFacts = (payload: Uint8Array): RecordingFacts => v.parse(factsSchema, json(payload));
export const decodeTrailer = (payload: Uint8Array): RecordingTrailer => v.parse(trailerSchema, json(payload));

export const encodeRecord = (record: RecordingFacts | RecordingTrailer): Uint8Array => new TextEncoder().encode(JSON.stringify(record));

/** G.711: 8 bytes a millisecond. */
export const bytesPerMs = 8;
export const audioMs = (bytes: number): number => Math.floor(bytes / bytesPerMs);

const json = (payload: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(payload));

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { MessageMarks } from '../message.ts';
import { codecs, idPattern, mailboxPattern, marksEntries, maxNameLength, maxNumberLength, unitMarkPattern } from '../recording.ts';

/** Of one sending: what a distribution list holds, or every mailbox of the unit. */
export const maxRecipients = 2000;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const mailbox = v.pipe(v.string(), v.regex(mailboxPattern));
const recipients = v.pipe(v.array(mailbox), v.maxLength(maxRecipients));

/**
 * A message on its way to several mailboxes: `sends/<id>.a .b`, beside its audio `sends/<id>.body`.
 *
 *   waiting (for its time) ──> delivering ──> done, and its files go
 *
 * Each recipient gets a recording of the own, whose id follows from `baseId` and the place in `recipients`; so one that was delivered before a
 * power cut is recognised, and not delivered twice.
 */
const jobSchema = v.strictObject({
  version: v.literal(1),
  phase: v.picklist(['waiting', 'delivering', 'done']),
  sender: v.nullable(mailbox),
  callerNumber: v.pipe(v.string(), v.maxLength(maxNumberLength)),
  callerName: v.pipe(v.string(), v.maxLength(maxNameLength)),
  recipients,
  /** Wall time; 0 = at once. */
  atMs: v.number(),
  codec: v.picklist(codecs),
  bytes: count,
  durationMs: count,
  marks: v.strictObject(marksEntries),
  takenFor: v.nullable(v.pipe(v.string(), v.regex(unitMarkPattern))),
  /** From which the ids of the recordings follow; '' while it waits. */
  baseId: v.union([v.literal(''), v.pipe(v.string(), v.regex(idPattern))]),
  /** Recipients before this one have it, or never will. */
  next: count,
  failed: recipients,
});

export type SendJob = Omit<v.InferOutput<typeof jobSchema>, 'marks'> & { marks: MessageMarks };

/** What a job's document holds; null = nothing yet. */
export interface JobFile {
  job: SendJob | null;
}

const fileSchema = v.strictObject({ job: v.nullable(jobSchema) });

/** Throws a ValiError on anything else. */
export const checkJobFile = (found: unknown): JobFile => v.parse(fileSchema, found);

/** A UUIDv7 of the same time as `baseId`, the same again for the same recipient (RFC 9562 section 5.7; the rest is a hash). */
export function recordingId(baseId: string, recipient: string, place: number): string {
  const tail = createHash('sha256').update(`${baseId} ${place} ${recipient}`).digest().subarray(0, 8);
  tail[0] = ((tail[0] as number) & 0x3f) | 0x80;
  const hex = tail.toString('hex');
  return `${baseId.slice(0, 18)}-${hex.slice(0, 4)}-${hex.slice(4)}`;
}

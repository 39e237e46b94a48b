import * as v from 'valibot';
import { codecs, idPattern } from './recording.ts';

/** A greeting or spoken name in force. */
export const storedRecordingSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(idPattern)),
  codec: v.picklist(codecs),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  durationMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const ownerSchema = v.strictObject({
  /** Salt and hash in base64, and the cost of the hash function. null: none was set. */
  pin: v.nullable(v.strictObject({ salt: v.string(), hash: v.string(), cost: v.number() })),
  /** Wrong tries since the last right one, over all calls. */
  wrongTries: count,
  /** Wall time until which log-in is refused; 0 = not locked. */
  lockedUntilMs: v.number(),
  /** Locks in a row; each doubles the time of the next. */
  locks: count,
  greeting: v.nullable(storedRecordingSchema),
  name: v.nullable(storedRecordingSchema),
});

const mailboxStateSchema = v.strictObject({ version: v.literal(1), owner: ownerSchema });

export type StoredRecording = v.InferOutput<typeof storedRecordingSchema>;
export type OwnerState = v.InferOutput<typeof ownerSchema>;
/** What a mailbox's document holds: all that no other file says. */
export type MailboxState = v.InferOutput<typeof mailboxStateSchema>;

export const newMailboxState = (): MailboxState => ({
  version: 1,
  owner: { pin: null, wrongTries: 0, lockedUntilMs: 0, locks: 0, greeting: null, name: null },
});

/** Throws a ValiError on anything else. */
export const checkMailboxState = (found: unknown): MailboxState => v.parse(mailboxStateSchema, found);

import * as v from 'valibot';
import type { LogWorth } from '../../mailbox/better-log.ts';
import { messageStates } from '../../mailbox/mailbox-paths.ts';
import { idPattern, mailboxPattern } from '../../mailbox/recording.ts';
import { ChannelError, refusal } from '../../site/channel/channel-error.ts';
import type { Data } from '../../site/channel/frame.ts';

/** Name of the service on the pair's channel. */
export const homecomingService = 'messages';
/** A log travels in such pieces. */
export const pieceBytes = 65_536;
/** Longest log: an hour of audio, the longest message that can be configured, in frames of half a second. */
export const maxLogBytes = 32 * 1024 * 1024;

const mailbox = v.pipe(v.string(), v.regex(mailboxPattern));
const id = v.pipe(v.string(), v.regex(idPattern));
const state = v.picklist(messageStates);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A partner of an older version does not say. */
const worth = v.nullish(v.object({ interrupted: v.boolean(), bytes: count }), null);

export const requests = {
  /** The oldest message younger than `after` ('' = of all) that nobody has in hand. */
  next: v.strictObject({ after: v.union([v.literal(''), id]) }),
  /** -> at most 64 KB of its log. No: 'gone'. */
  piece: v.strictObject({ mailbox, id, offset: v.pipe(count, v.maxValue(maxLogBytes)) }),
  /** The message is at home, durably, taken over in `state`: it can go here. -> { now } */
  home: v.strictObject({ mailbox, id, state }),
};

export const answers = {
  next: v.object({
    found: v.nullable(v.object({ mailbox, id, state, bytes: v.pipe(count, v.maxValue(maxLogBytes)), worth, fault: v.nullable(v.pipe(v.string(), v.maxLength(256))) })),
    waiting: v.object({ messages: count, bytes: count }),
  }),
  home: v.object({ now: v.picklist(['gone', 'changed', 'in-hand']) }),
};

/** A whole message that waits on the backup, as it was when it was offered. */
export interface Offer {
  readonly mailbox: string;
  readonly id: string;
  readonly state: (typeof messageStates)[number];
  /** Of its log. */
  readonly bytes: number;
  /** null = not known: then it is no better than any other. */
  readonly worth: LogWorth | null;
}

export interface Waiting {
  readonly messages: number;
  /** Of audio. */
  readonly bytes: number;
}

/** Errors: ChannelError refused 'malformed'. */
export function readRequest<Schema extends v.GenericSchema>(schema: Schema, data: Data): v.InferOutput<Schema> {
  const result = v.safeParse(schema, data);
  if (!result.success) throw refusal('malformed', 'the request is not of this protocol');
  return result.output;
}

/** Errors: ChannelError malformed. */
export function readAnswer<Schema extends v.GenericSchema>(schema: Schema, data: Data): v.InferOutput<Schema> {
  const result = v.safeParse(schema, data);
  if (!result.success) throw new ChannelError('malformed', 'the answer is not of this protocol');
  return result.output;
}

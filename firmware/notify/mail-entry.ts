import * as v from 'valibot';
import { mailboxPattern } from '../mailbox/recording.ts';

const wallMs = v.pipe(v.number(), v.finite());

/** One mail that is to go out, as it lies in the outbox. */
export const mailEntrySchema = v.strictObject({
  form: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f-]{36}$/)),
  /** Since when it waits. */
  at: wallMs,
  /** null = nobody's: a flow sends it. */
  mailbox: v.nullable(v.pipe(v.string(), v.regex(mailboxPattern))),
  /** copy, forward and alert are about this message; null = mode 'text'. */
  message: v.nullable(v.pipe(v.string(), v.maxLength(64))),
  mode: v.picklist(['copy', 'forward', 'alert', 'text']),
  to: v.pipe(v.string(), v.maxLength(254)),
  /** Of mode 'text'. */
  subject: v.pipe(v.string(), v.maxLength(200)),
  text: v.pipe(v.string(), v.maxLength(4000)),
  /** Of mode 'text': a WAV file lies beside it. */
  recording: v.boolean(),
  tries: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Not before. */
  nextMs: wallMs,
  /** What the server said last. */
  words: v.pipe(v.string(), v.maxLength(200)),
});

export type MailEntry = v.InferOutput<typeof mailEntrySchema>;

/** Minutes after the first, second ... failure; the last one holds for all further ones. */
const pausesMin = [1, 2, 5, 10, 20, 40, 60, 120, 240] as const;
export const longestPauseMs = 240 * 60_000;
/** These pauses together make three days. */
export const mostTries = 26;
/** Older ones are given up too, but not for a clock that jumped: it must have been tried. */
const mostAgeMs = 3 * 24 * 60 * 60_000;
const triesBeforeAge = 5;

export const pauseMs = (failures: number): number => (pausesMin[Math.min(failures, pausesMin.length) - 1] ?? pausesMin[0]) * 60_000;

/** After one more failure; null = it is given up. */
export function putOff(entry: MailEntry, nowMs: number, words: string): MailEntry | null {
  const tries = entry.tries + 1;
  if (tries >= mostTries || (tries >= triesBeforeAge && nowMs - entry.at > mostAgeMs)) return null;
  return { ...entry, tries, nextMs: nowMs + pauseMs(tries), words };
}

/** Whether its time has come. One that lies further ahead than any pause was put off by a clock that has since been set back. */
export const isDue = (entry: MailEntry, nowMs: number): boolean => entry.nextMs <= nowMs || entry.nextMs - nowMs > longestPauseMs;

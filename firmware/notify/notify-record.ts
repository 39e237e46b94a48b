import * as v from 'valibot';
import type { OutcallingOptions } from '../callflow/requests/notify-requests.ts';
import { destinationNames, windowNames } from '../callflow/requests/notify-requests.ts';
import { emailModes, weekdays } from '../config/notify-settings.ts';
import { dialable } from '../calls/outgoing-rules.ts';
import { timeOfDay } from '../config/text-forms.ts';

/**
 * Of ids of messages, in one list. A mailbox holds 400 messages (`messages.mailboxMaxMessages`), and those besides that were being recorded when it was
 * full; those in the trash are not told. Three lists of so many stay below the 100 KiB of a document.
 */
export const mostTold = 700;

const wallMs = v.pipe(v.number(), v.finite());
const number = v.pipe(v.string(), v.regex(dialable));
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const time = v.pipe(v.string(), v.check(timeOfDay.accepts));

const destination = v.strictObject({ number, ringSec: whole(5, 120) });

export const outcallingSchema = v.strictObject({
  on: v.boolean(),
  destinations: v.strictObject({ desk: v.optional(destination), home: v.optional(destination), mobile: v.optional(destination), delegate: v.optional(destination), other: v.optional(destination) }),
  escalation: v.pipe(v.array(v.picklist(destinationNames)), v.minLength(1), v.maxLength(9)),
  retries: whole(0, 10),
  intervalsMin: v.pipe(v.array(whole(0, 60)), v.minLength(1), v.maxLength(5)),
  window: v.picklist(windowNames),
  own: v.strictObject({ days: v.pipe(v.array(v.picklist(weekdays)), v.minLength(1), v.maxLength(7)), from: time, to: time }),
});

/** As VoiceMail Pro begins: off, five retries; the intervals are a choice of ours. */
export const firstOutcalling: OutcallingOptions = {
  on: false,
  destinations: {},
  escalation: ['desk'],
  retries: 5,
  intervalsMin: [5, 10, 15, 30, 60],
  window: 'any',
  own: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '07:30', to: '19:30' },
};

/** What the owner of a mailbox has chosen; of the site. */
export const choicesSchema = v.strictObject({
  /** null = as the administrator set it. */
  email: v.nullable(v.picklist(emailModes)),
  ringback: v.boolean(),
  callback: v.nullable(number),
  /** null = never touched. */
  outcalling: v.nullable(outcallingSchema),
});
export type NotifyChoices = v.InferOutput<typeof choicesSchema>;

export const noChoices: NotifyChoices = { email: null, ringback: false, callback: null, outcalling: null };

export const isChosen = ({ email, ringback, callback, outcalling }: NotifyChoices): boolean => email !== null || ringback || callback !== null || outcalling !== null;

/** Where the calls about some messages stand; null of a record = there are none. */
export const jobSchema = v.strictObject({
  /** calling: a restart meets a call that is gone. */
  name: v.picklist(['waiting', 'calling']),
  /** 0 = the first, then each retry. */
  round: whole(0, 10),
  /** Place in the escalation list. */
  index: whole(0, 8),
  dueMs: wallMs,
  /** What they are about. */
  messages: v.pipe(v.array(v.string()), v.maxLength(mostTold)),
});

/** Which messages were told in one way, by id. While the way is off nothing is kept; what is there when it is turned on counts as told. */
const tellingSchema = v.strictObject({ on: v.boolean(), told: v.pipe(v.array(v.string()), v.maxLength(mostTold)), job: v.nullable(jobSchema) });
export type Telling = v.InferOutput<typeof tellingSchema>;
export const ways = ['mail', 'outcall', 'callback'] as const;
export type Way = (typeof ways)[number];

export const recordSchema = v.strictObject({
  version: v.literal(1),
  choices: choicesSchema,
  ways: v.strictObject({ mail: tellingSchema, outcall: tellingSchema, callback: tellingSchema }),
});
export type NotifyRecord = v.InferOutput<typeof recordSchema>;

const notTold = (): Telling => ({ on: false, told: [], job: null });
export const freshRecord = (): NotifyRecord => ({ version: 1, choices: noChoices, ways: { mail: notTold(), outcall: notTold(), callback: notTold() } });

import * as v from 'valibot';
import { localMoment, localTime } from '../callflow/language/local-time.ts';
import { dialable } from '../calls/outgoing-rules.ts';
import { weekdays } from '../config/notify-settings.ts';
import { namePattern } from '../callflow/document/flow-document.ts';
import { timeOfDay } from '../config/text-forms.ts';
import { mailboxPattern } from '../mailbox/recording.ts';
import { addDays, minutesOf, weekdayOf } from './local-moment.ts';

const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

export const alarmWishSchema = v.strictObject({
  number: v.pipe(v.string(), v.regex(dialable)),
  mailbox: v.nullable(v.pipe(v.string(), v.regex(mailboxPattern))),
  time: v.pipe(v.string(), v.check(timeOfDay.accepts)),
  repeat: v.picklist(['single', 'daily', 'weekly']),
  day: v.nullable(v.picklist(weekdays)),
  prompt: v.nullable(v.pipe(v.string(), v.regex(namePattern))),
  text: v.pipe(v.string(), v.maxLength(128)),
  ringSec: whole(5, 120),
  retries: whole(0, 10),
  intervalMin: whole(1, 60),
  cancelCode: v.pipe(v.string(), v.regex(/^[0-9*#]{0,4}$/)),
});

/** An alarm call, as it is kept. */
export const alarmSchema = v.strictObject({
  ...alarmWishSchema.entries,
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  /** When it rings next, wall time. */
  nextMs: v.pipe(v.number(), v.finite()),
  /** Rings begun of this occurrence. */
  tried: whole(0, 20),
});
export type Alarm = v.InferOutput<typeof alarmSchema>;
export type AlarmTimes = Pick<Alarm, 'time' | 'repeat' | 'day'>;

/** An alarm that could not ring for so long, because the unit was off, say, is not rung any more. */
export const lateMs = 30 * 60_000;

/** The next time after `afterMs` at which it is due; of a weekly one, or a single one with a day, on that day of the week. */
export function nextOccurrence({ time, day }: AlarmTimes, afterMs: number, timeZone: string): number {
  const today = localTime(afterMs, timeZone);
  for (let days = 0; days <= 8; days++) {
    const date = addDays(today, days);
    const moment = localMoment(date, minutesOf(time), timeZone);
    const weekday = weekdayOf(((today.weekday - 1 + days) % 7) + 1);
    if (moment > afterMs && (day === null || day === weekday)) return moment;
  }
  return afterMs + 86_400_000; // no zone has so long a gap
}

/** A weekly alarm without a day is for the day on which it is set. */
export const dayOf = ({ repeat, day }: AlarmTimes, nowMs: number, timeZone: string): Alarm['day'] =>
  repeat === 'weekly' && day === null ? weekdayOf(localTime(nowMs, timeZone).weekday) : repeat === 'daily' ? null : day;

/** Nothing lies further ahead: an alarm that does was set, or rang, while the clock was wrong. */
const furthestMs = 8 * 86_400_000;

export type AlarmDue = 'no' | 'ring' | 'missed' | 'astray';

export function alarmDue({ nextMs, tried, retries }: Pick<Alarm, 'nextMs' | 'tried' | 'retries'>, nowMs: number): AlarmDue {
  if (nextMs > nowMs) return nextMs - nowMs > furthestMs ? 'astray' : 'no';
  // One more than allowed: the unit fell over while it rang. It does not fall over for ever.
  return nowMs - nextMs > lateMs || tried > retries + 1 ? 'missed' : 'ring';
}

/** Written down before it rings: what a unit that falls over meanwhile finds. */
export const ringBegun = (alarm: Alarm, nowMs: number): Alarm => ({ ...alarm, tried: alarm.tried + 1, nextMs: nowMs + alarm.intervalMin * 60_000 });

/** After it rang; null = it is over. `alarm`: as it was before. */
export function ringEnded(alarm: Alarm, heard: boolean, nowMs: number, timeZone: string): Alarm | null {
  return !heard && alarm.tried < alarm.retries ? ringBegun(alarm, nowMs) : occurrenceOver(alarm, nowMs, timeZone);
}

/** The next occurrence; null = there is none. */
export const occurrenceOver = (alarm: Alarm, nowMs: number, timeZone: string): Alarm | null =>
  alarm.repeat === 'single' ? null : { ...alarm, tried: 0, nextMs: nextOccurrence(alarm, Math.max(nowMs, alarm.nextMs), timeZone) };

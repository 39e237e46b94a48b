import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Alarm } from '../../../firmware/notify/alarm-machine.ts';
import { alarmDue, dayOf, nextOccurrence, occurrenceOver, ringBegun, ringEnded } from '../../../firmware/notify/alarm-machine.ts';

const zone = 'Europe/Berlin';
const ms = (iso: string): number => Date.parse(iso);
const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
const minute = 60_000;

const table: [string, Pick<Alarm, 'time' | 'repeat' | 'day'>, string, string][] = [
  ['today, if the time is still to come', { time: '07:00', repeat: 'single', day: null }, '2026-01-05T05:00Z', '2026-01-05T06:00'],
  ['tomorrow, if it is past', { time: '07:00', repeat: 'single', day: null }, '2026-01-05T06:00Z', '2026-01-06T06:00'],
  ['on its day of the week', { time: '07:00', repeat: 'weekly', day: 'wed' }, '2026-01-05T05:00Z', '2026-01-07T06:00'],
  ['in a week, if today is the day and the time is past', { time: '07:00', repeat: 'weekly', day: 'mon' }, '2026-01-05T06:30Z', '2026-01-12T06:00'],
  ['the same time on the wall after clocks were put forward', { time: '07:00', repeat: 'daily', day: null }, '2026-03-28T06:00Z', '2026-03-29T05:00'],
  ['and after they were put back', { time: '07:00', repeat: 'daily', day: null }, '2026-10-24T05:00Z', '2026-10-25T06:00'],
  ['a time that the clocks leave out rings after the gap', { time: '02:30', repeat: 'daily', day: null }, '2026-03-28T12:00Z', '2026-03-29T01:00'],
  ['a time that occurs twice rings the first time', { time: '02:30', repeat: 'daily', day: null }, '2026-10-24T12:00Z', '2026-10-25T00:30'],
  ['and not again an hour later', { time: '02:30', repeat: 'daily', day: null }, '2026-10-25T00:30Z', '2026-10-26T01:30'],
];

for (const [name, times, after, expected] of table) test(`next alarm: ${name}`, () => assert.is(iso(nextOccurrence(times, ms(after), zone)), expected));

test('a weekly alarm without a day is for the day on which it is set; a daily one has none', () => {
  assert.is(dayOf({ time: '07:00', repeat: 'weekly', day: null }, ms('2026-01-05T23:30Z'), zone), 'tue', 'it is Tuesday already in Berlin');
  assert.is(dayOf({ time: '07:00', repeat: 'daily', day: 'mon' }, 0, zone), null);
});

const alarm: Alarm = { id: '0000abcd', number: '201', mailbox: '201', time: '07:00', repeat: 'daily', day: null, prompt: null, text: '', ringSec: 60, retries: 2, intervalMin: 5, cancelCode: '*', nextMs: ms('2026-01-05T06:00Z'), tried: 0 };
const due = alarm.nextMs;

test('due: not yet, now, too late, and astray after the clock was wrong', () => {
  assert.is(alarmDue(alarm, due - 1), 'no');
  assert.is(alarmDue(alarm, due), 'ring');
  assert.is(alarmDue(alarm, due + 30 * minute), 'ring', 'a unit that was off for half an hour still rings');
  assert.is(alarmDue(alarm, due + 31 * minute), 'missed');
  assert.is(alarmDue(alarm, due - 9 * 24 * 60 * minute), 'astray');
  assert.is(alarmDue({ ...alarm, tried: 4 }, due), 'missed', 'the unit fell over each time it rang');
});

test('not heard: retried after the interval, as often as it may be; then the next day', () => {
  const once = ringEnded(alarm, false, due, zone);
  assert.equal([once?.tried, once?.nextMs], [1, due + 5 * minute]);
  const last = ringEnded({ ...alarm, tried: 2, nextMs: due + 10 * minute }, false, due + 11 * minute, zone);
  assert.equal([last?.tried, iso(last?.nextMs ?? 0)], [0, '2026-01-06T06:00']);
});

test('heard: no retry; a single alarm is over', () => {
  assert.is(iso(ringEnded(alarm, true, due + minute, zone)?.nextMs ?? 0), '2026-01-06T06:00');
  assert.is(ringEnded({ ...alarm, repeat: 'single' }, true, due, zone), null);
  assert.is(ringEnded({ ...alarm, repeat: 'single', retries: 0 }, false, due, zone), null);
});

test('a clock that is set back after an alarm does not ring it again the same day', () => {
  assert.is(iso(occurrenceOver(alarm, due - 50 * minute, zone)?.nextMs ?? 0), '2026-01-06T06:00');
});

test('a power cut while it rings: what was written down before is due again after the interval', () => {
  const begun = ringBegun({ ...alarm, repeat: 'single', retries: 0 }, due);
  assert.is(alarmDue(begun, due + 5 * minute), 'ring', 'once more, though there are no retries');
  assert.is(alarmDue(ringBegun(begun, due + 5 * minute), due + 10 * minute), 'missed', 'and not for ever');
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { localMoment, nextMoment } from '../../../firmware/callflow/language/local-time.ts';
import { isWithin, minutesOf } from '../../../firmware/notify/local-moment.ts';

const at = (date: [number, number, number], time: string, zone: string): string =>
  new Date(localMoment({ year: date[0], month: date[1], day: date[2] }, minutesOf(time), zone)).toISOString().slice(0, 16);

const table: [string, [number, number, number], string, string, string][] = [
  ['a day in winter', [2026, 1, 15], '07:30', 'Europe/Berlin', '2026-01-15T06:30'],
  ['a day in summer', [2026, 7, 15], '07:30', 'Europe/Berlin', '2026-07-15T05:30'],
  ['a time that the clocks leave out is the first after the gap', [2026, 3, 29], '02:30', 'Europe/Berlin', '2026-03-29T01:00'],
  ['the last minute before the gap', [2026, 3, 29], '01:59', 'Europe/Berlin', '2026-03-29T00:59'],
  ['the first after it', [2026, 3, 29], '03:00', 'Europe/Berlin', '2026-03-29T01:00'],
  ['a time that occurs twice is its first', [2026, 10, 25], '02:30', 'Europe/Berlin', '2026-10-25T00:30'],
  ['after the repeated hour', [2026, 10, 25], '03:00', 'Europe/Berlin', '2026-10-25T02:00'],
  ['New York, left out', [2026, 3, 8], '02:15', 'America/New_York', '2026-03-08T07:00'],
  ['New York, twice', [2026, 11, 1], '01:15', 'America/New_York', '2026-11-01T05:15'],
  ['half an hour on Lord Howe', [2026, 10, 4], '02:15', 'Australia/Lord_Howe', '2026-10-03T15:30'],
  ['midnight left out in Beirut', [2026, 3, 29], '00:30', 'Asia/Beirut', '2026-03-28T22:00'],
  ['UTC', [2026, 3, 29], '02:30', 'UTC', '2026-03-29T02:30'],
];

for (const [name, date, time, zone, expected] of table) test(`local moment: ${name}`, () => assert.is(at(date, time, zone), expected));

test('the next such day and time: this year or next, at the first of a time that occurs twice, after one that is left out', () => {
  const from = Date.parse('2026-03-01T12:00Z');
  const next = (month: number, day: number, hour: number, minute: number, zone = 'Europe/Berlin'): string | null => {
    const moment = nextMoment(from, zone, { month, day, hour, minute });
    return moment === null ? null : new Date(moment).toISOString().slice(0, 16);
  };
  assert.is(next(3, 1, 13, 1), '2026-03-01T12:01');
  assert.is(next(3, 1, 13, 0), '2027-03-01T12:00', 'this very minute is over');
  assert.is(next(10, 25, 2, 30), '2026-10-25T00:30', 'twice');
  assert.is(next(3, 29, 2, 30), '2026-03-29T01:00', 'left out');
  assert.equal([next(2, 29, 9, 0), next(13, 1, 9, 0), next(4, 31, 9, 0), next(4, 1, 24, 0), next(4, 1, 9, 60)], [null, null, null, null, null]);
});

const prime = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '07:30', to: '19:30' } as const;

test('hours begin and end by the clock on the wall, over daylight saving too', () => {
  const berlin = (iso: string): boolean => isWithin(prime, Date.parse(iso), 'Europe/Berlin');
  assert.equal(['2026-03-27T06:29Z', '2026-03-27T06:30Z', '2026-03-27T18:29Z', '2026-03-27T18:30Z'].map(berlin), [false, true, true, false], 'the Friday before');
  assert.equal(['2026-03-30T05:29Z', '2026-03-30T05:30Z', '2026-03-30T17:29Z', '2026-03-30T17:30Z'].map(berlin), [false, true, true, false], 'the Monday after');
  assert.is(berlin('2026-03-29T10:00Z'), false, 'a Sunday');
  assert.is(isWithin(null, 0, 'UTC'), true);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WallMs } from '../../../hal/clock.ts';
import { languageCalled, spoken } from './spoken.ts';

const at = (iso: string): WallMs => Date.parse(iso) as WallMs;

function says(code: string, when: string, zone: string, now: string): string {
  const language = languageCalled(code);
  return spoken(language, language.dateTime(at(when), zone, at(now)));
}

/** When, zone, now, English, German. */
const cases: [string, string, string, string, string, string][] = [
  ['today', '2026-03-05T15:20:30Z', 'UTC', '2026-03-05T18:00:00Z', 'today at three twenty P M', 'heute um fünfzehn Uhr zwanzig'],
  ['this very minute', '2026-03-05T15:20:30Z', 'UTC', '2026-03-05T15:20:30Z', 'today at three twenty P M', 'heute um fünfzehn Uhr zwanzig'],
  ['midnight', '2026-03-05T00:00:00Z', 'UTC', '2026-03-05T18:00:00Z', 'today at twelve A M', 'heute um null Uhr'],
  ['noon', '2026-03-05T12:00:00Z', 'UTC', '2026-03-05T18:00:00Z', 'today at twelve P M', 'heute um zwölf Uhr'],
  ['one o’clock', '2026-03-05T01:01:00Z', 'UTC', '2026-03-05T18:00:00Z', 'today at one oh one A M', 'heute um ein Uhr eins'],
  ['last minute of yesterday', '2026-03-04T23:59:59Z', 'UTC', '2026-03-05T00:00:00Z', 'yesterday at eleven fifty nine P M', 'gestern um dreiundzwanzig Uhr neunundfünfzig'],
  ['two days ago', '2026-03-03T09:05:00Z', 'UTC', '2026-03-05T00:00:00Z', 'Tuesday at nine oh five A M', 'am Dienstag um neun Uhr fünf'],
  ['six days ago', '2026-02-27T21:00:00Z', 'UTC', '2026-03-05T00:00:00Z', 'Friday at nine P M', 'am Freitag um einundzwanzig Uhr'],
  ['seven days ago', '2026-02-26T09:30:00Z', 'UTC', '2026-03-05T00:00:00Z', 'on the twenty sixth of February at nine thirty A M', 'am sechsundzwanzigsten Februar um neun Uhr dreißig'],
  ['another year', '2024-02-29T23:59:59Z', 'UTC', '2026-03-05T00:00:00Z', 'on the twenty ninth of February twenty twenty four at eleven fifty nine P M', 'am neunundzwanzigsten Februar zwei tausend vierundzwanzig um dreiundzwanzig Uhr neunundfünfzig'],
  ['New Year’s Eve from New Year’s Day', '2025-12-31T23:30:00Z', 'UTC', '2026-01-01T00:30:00Z', 'yesterday at eleven thirty P M', 'gestern um dreiundzwanzig Uhr dreißig'],
  ['weekday across New Year', '2025-12-28T10:00:00Z', 'UTC', '2026-01-02T00:30:00Z', 'Sunday at ten A M', 'am Sonntag um zehn Uhr'],
  ['a week ago across New Year', '2025-12-25T10:00:00Z', 'UTC', '2026-01-02T00:30:00Z', 'on the twenty fifth of December twenty twenty five at ten A M', 'am fünfundzwanzigsten Dezember zwei tausend fünfundzwanzig um zehn Uhr'],
  ['the clock was put back', '2026-03-07T10:00:00Z', 'UTC', '2026-03-05T00:30:00Z', 'on the seventh of March at ten A M', 'am siebten März um zehn Uhr'],
  // Berlin goes from 2:00 to 3:00 at 01:00Z on 29 March 2026 and back from 3:00 to 2:00 at 01:00Z on 25 October.
  ['before the spring change', '2026-03-29T00:59:00Z', 'Europe/Berlin', '2026-03-29T12:00:00Z', 'today at one fifty nine A M', 'heute um ein Uhr neunundfünfzig'],
  ['after the spring change', '2026-03-29T01:00:00Z', 'Europe/Berlin', '2026-03-29T12:00:00Z', 'today at three A M', 'heute um drei Uhr'],
  ['23 hours ago is yesterday noon over the change', '2026-03-28T11:00:00Z', 'Europe/Berlin', '2026-03-29T10:00:00Z', 'yesterday at twelve P M', 'gestern um zwölf Uhr'],
  ['a short day: 23:30 the day before, heard at 0:15', '2026-03-28T22:30:00Z', 'Europe/Berlin', '2026-03-29T22:15:00Z', 'Saturday at eleven thirty P M', 'am Samstag um dreiundzwanzig Uhr dreißig'],
  ['half past two the first time', '2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25T12:00:00Z', 'today at two thirty A M', 'heute um zwei Uhr dreißig'],
  ['half past two the second time', '2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25T12:00:00Z', 'today at two thirty A M', 'heute um zwei Uhr dreißig'],
  ['a long day: 24.5 hours ago and still today', '2026-10-24T22:10:00Z', 'Europe/Berlin', '2026-10-25T22:40:00Z', 'today at twelve ten A M', 'heute um null Uhr zehn'],
  // New York goes forward at 07:00Z on 8 March 2026.
  ['New York before its change', '2026-03-08T06:59:00Z', 'America/New_York', '2026-03-09T12:00:00Z', 'yesterday at one fifty nine A M', 'gestern um ein Uhr neunundfünfzig'],
  ['New York after its change', '2026-03-08T07:00:00Z', 'America/New_York', '2026-03-09T12:00:00Z', 'yesterday at three A M', 'gestern um drei Uhr'],
  ['yesterday there, today in UTC', '2026-03-05T03:00:00Z', 'America/New_York', '2026-03-05T12:00:00Z', 'yesterday at ten P M', 'gestern um zweiundzwanzig Uhr'],
  ['three quarters of an hour', '2026-03-04T18:14:00Z', 'Asia/Kathmandu', '2026-03-05T12:00:00Z', 'yesterday at eleven fifty nine P M', 'gestern um dreiundzwanzig Uhr neunundfünfzig'],
  // Lord Howe Island changes by half an hour: at 15:00Z on 4 April 2026 from +11:00 to +10:30.
  ['half an hour back', '2026-04-04T15:00:00Z', 'Australia/Lord_Howe', '2026-04-05T12:00:00Z', 'today at one thirty A M', 'heute um ein Uhr dreißig'],
  // Samoa left out 30 December 2011 altogether.
  ['a day that never was', '2011-12-30T09:00:00Z', 'Pacific/Apia', '2011-12-30T11:00:00Z', 'Thursday at eleven P M', 'am Donnerstag um dreiundzwanzig Uhr'],
];

for (const [name, when, zone, now, english, german] of cases) {
  test(name, () => {
    assert.is(says('en', when, zone, now), english);
    assert.is(says('de', when, zone, now), german);
  });
}

test('every day of a leap year is named in both languages, from a year later', () => {
  const heard = new Map<string, Set<string>>([['en', new Set()], ['de', new Set()]]);
  for (let day = Date.UTC(2024, 0, 1); day < Date.UTC(2025, 0, 1); day += 86_400_000) {
    const iso = new Date(day + 3_600_000).toISOString();
    for (const [code, texts] of heard) texts.add(says(code, iso, 'Europe/Berlin', '2026-01-01T00:00:00Z'));
  }
  for (const texts of heard.values()) assert.is(texts.size, 366);
});

test('every minute of a day is told apart in both languages', () => {
  for (const code of ['en', 'de']) {
    const texts = new Set<string>();
    for (let minute = 0; minute < 1440; minute++) {
      texts.add(says(code, new Date(Date.UTC(2026, 0, 5) + minute * 60_000).toISOString(), 'UTC', '2026-01-05T23:59:59Z'));
    }
    assert.is(texts.size, 1440);
  }
});

test('the clock: time alone, and after weekday and date', () => {
  const clock = (code: string, withDate: boolean, zone = 'UTC'): string => spoken(languageCalled(code), languageCalled(code).clock(at('2026-03-05T15:05:00Z'), zone, withDate));
  assert.is(clock('en', false), 'The time is three oh five P M');
  assert.is(clock('en', true), 'Today is Thursday the fifth of March twenty twenty six The time is three oh five P M');
  assert.is(clock('de', false), 'Es ist fünfzehn Uhr fünf');
  assert.is(clock('de', true, 'Pacific/Auckland'), 'Wir haben heute Freitag den sechsten März zwei tausend sechsundzwanzig Es ist vier Uhr fünf');
});

test('an unknown time zone is refused', () => {
  assert.throws(() => says('en', '2026-01-01T00:00:00Z', 'Europe/Atlantis', '2026-01-01T00:00:00Z'), (error: Error) => error instanceof RangeError);
});

test('many zones are no leak: formatters are made again', () => {
  for (const zone of Intl.supportedValuesOf('timeZone').slice(0, 60)) {
    assert.match(says('en', '2026-01-01T12:00:00Z', zone, '2026-06-01T12:00:00Z'), / at /);
  }
});

test.run();

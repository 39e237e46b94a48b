import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareValues } from '../../../../firmware/callflow/conditions/compare-values.ts';
import type { Test } from '../../../../firmware/callflow/conditions/condition.ts';
import { evaluate } from '../../../../firmware/callflow/conditions/evaluate.ts';
import { expand } from '../../../../firmware/callflow/variables/variables.ts';

interface Asked {
  readonly timeZone?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly conditions?: Readonly<Record<string, Test>>;
}

/** `at`: UTC, as ISO 8601. */
const holds = (tested: Test, at: string, { timeZone = 'UTC', variables = {}, conditions = {} }: Asked = {}): boolean =>
  evaluate(tested, { nowMs: Date.parse(at), timeZone, expand: (text) => expand({ variables, userVariable: () => '' }, text), find: (name) => conditions[name] });

const office: Test = { week: { monday: { from: '08:00', to: '17:30' }, friday: { from: '08:00', to: '12:00' } } };

test('hours of a week: the first minute is inside, the last is not, other days have none', () => {
  const table: [string, boolean][] = [
    ['2026-11-30T07:59:59Z', false],
    ['2026-11-30T08:00:00Z', true],
    ['2026-11-30T17:29:59Z', true],
    ['2026-11-30T17:30:00Z', false],
    ['2026-12-01T09:00:00Z', false],
    ['2026-12-04T11:59:00Z', true],
    ['2026-12-04T12:00:00Z', false],
  ];
  for (const [at, expected] of table) assert.is(holds(office, at), expected, at);
});

test('hours over midnight belong to the day that they begin on, over the end of the week too', () => {
  const night: Test = { week: { sunday: { from: '22:00', to: '06:00' } } };
  const table: [string, boolean][] = [
    ['2026-11-29T21:59:00Z', false],
    ['2026-11-29T22:00:00Z', true],
    ['2026-11-29T23:59:59Z', true],
    ['2026-11-30T00:00:00Z', true],
    ['2026-11-30T05:59:00Z', true],
    ['2026-11-30T06:00:00Z', false],
    ['2026-11-30T22:30:00Z', false],
    ['2026-11-29T05:00:00Z', false],
  ];
  for (const [at, expected] of table) assert.is(holds(night, at), expected, at);
});

test('a whole day, from midnight to 24:00, is that day and no other', () => {
  const day: Test = { week: { saturday: { from: '00:00', to: '24:00' } } };
  assert.not(holds(day, '2026-11-27T23:59:59Z'));
  assert.ok(holds(day, '2026-11-28T00:00:00Z'));
  assert.ok(holds(day, '2026-11-28T23:59:59Z'));
  assert.not(holds(day, '2026-11-29T00:00:00Z'));
});

// Zones whose clocks change in different ways: an hour at 2 or 3 in the morning, half an hour, and at midnight.
const changes: [string, string, Test, [string, boolean][]][] = [
  ['Berlin: the hour from 2 to 3 is missing', 'Europe/Berlin', { week: { sunday: { from: '02:30', to: '04:00' } } }, [
    ['2026-03-29T00:59:59Z', false], // 01:59:59
    ['2026-03-29T01:00:00Z', true], // 03:00, the first moment after what would have been 02:30
    ['2026-03-29T01:59:59Z', true],
    ['2026-03-29T02:00:00Z', false], // 04:00
  ]],
  ['Berlin: hours that lie in the missing one do not come', 'Europe/Berlin', { week: { sunday: { from: '02:10', to: '02:50' } } }, [
    ['2026-03-29T00:59:59Z', false],
    ['2026-03-29T01:00:00Z', false],
  ]],
  ['Berlin: the hour from 2 to 3 comes twice', 'Europe/Berlin', { week: { sunday: { from: '02:30', to: '03:00' } } }, [
    ['2026-10-25T00:29:59Z', false],
    ['2026-10-25T00:30:00Z', true], // 02:30 summer time
    ['2026-10-25T01:00:00Z', false], // 02:00 winter time
    ['2026-10-25T01:30:00Z', true], // 02:30 again
    ['2026-10-25T02:00:00Z', false], // 03:00
  ]],
  ['New York: forward at 2', 'America/New_York', { week: { sunday: { from: '01:30', to: '03:15' } } }, [
    ['2026-03-08T06:30:00Z', true],
    ['2026-03-08T07:00:00Z', true], // 03:00
    ['2026-03-08T07:15:00Z', false],
  ]],
  ['Lord Howe: half an hour back', 'Australia/Lord_Howe', { week: { sunday: { from: '01:30', to: '02:00' } } }, [
    ['2026-04-04T14:30:00Z', true], // 01:30 at +11
    ['2026-04-04T15:00:00Z', true], // 01:30 again at +10:30
    ['2026-04-04T15:30:00Z', false], // 02:00
  ]],
  ['Santiago: midnight itself is missing', 'America/Santiago', { week: { sunday: { from: '00:00', to: '02:00' } } }, [
    ['2026-09-06T03:59:59Z', false], // Saturday 23:59:59
    ['2026-09-06T04:00:00Z', true], // Sunday 01:00
    ['2026-09-06T05:00:00Z', false],
  ]],
  ['Santiago: the hour before midnight comes twice, and both are Saturday', 'America/Santiago', { calendar: ['2026-04-04'] }, [
    ['2026-04-05T02:30:00Z', true],
    ['2026-04-05T03:30:00Z', true],
    ['2026-04-05T04:00:00Z', false],
  ]],
  ['Kiritimati: a day ahead of Greenwich', 'Pacific/Kiritimati', { calendar: ['2026-12-25'] }, [
    ['2026-12-24T09:59:59Z', false],
    ['2026-12-24T10:00:00Z', true],
    ['2026-12-25T10:00:00Z', false],
  ]],
];

for (const [name, timeZone, tested, table] of changes) {
  test(name, () => {
    for (const [at, expected] of table) assert.is(holds(tested, at, { timeZone }), expected, at);
  });
}

test('several days of a calendar are any of them (VoiceMail Pro once took them for all at once)', () => {
  const holidays: Test = { calendar: ['2026-12-25', '2026-12-26'] };
  assert.ok(holds(holidays, '2026-12-26T12:00:00Z'));
  assert.not(holds(holidays, '2026-12-27T12:00:00Z'));
});

test('elements joined by and, or, not, and by name', () => {
  const conditions: Record<string, Test> = { Holidays: { calendar: ['2026-12-25'] }, Open: { and: [{ week: { friday: { from: '08:00', to: '17:00' } } }, { not: { condition: 'Holidays' } }] } };
  assert.ok(holds({ condition: 'Open' }, '2026-12-18T09:00:00Z', { conditions }));
  assert.not(holds({ condition: 'Open' }, '2026-12-25T09:00:00Z', { conditions }));
  assert.ok(holds({ or: [{ condition: 'Open' }, { condition: 'Holidays' }] }, '2026-12-25T20:00:00Z', { conditions }));
});

test('conditions that lead in a circle, or to none, do not hold, and end', () => {
  // A circle of each length with one `not` in it, or one in each: however often it is gone round, it does not hold.
  for (let length = 1; length <= 20; length += 1) {
    const way = (not: (at: number) => boolean): Record<string, Test> => Object.fromEntries(Array.from({ length }, (_, at): [string, Test] => {
      const next: Test = { condition: String((at + 1) % length) };
      return [String(at), not(at) ? { not: next } : next];
    }));
    for (const conditions of [way((at) => at === 0), way(() => true), way(() => false)]) {
      assert.is(holds({ condition: '0' }, '2026-01-01T00:00:00Z', { conditions }), false, `a circle of ${length}`);
      assert.is(holds({ or: [{ condition: '0' }, { not: { condition: '0' } }] }, '2026-01-01T00:00:00Z', { conditions }), false, `what leads into a circle of ${length}`);
    }
  }
  assert.not(holds({ condition: 'Nobody' }, '2026-01-01T00:00:00Z'));
  assert.ok(holds({ not: { condition: 'Nobody' } }, '2026-01-01T00:00:00Z'));
});

const comparisons: [string, '=' | '!=' | '<' | '>' | '<=' | '>=', string, boolean][] = [
  ['9', '<', '10', true],
  ['10', '>', '9', true],
  ['2.50', '=', '2.5', true],
  ['-3', '<', '2', true],
  ['201', '=', '0201', false], // a telephone number is no number
  ['0201', '=', '0201', true],
  ['+49', '!=', '49', true],
  ['abc', '<', 'abd', true],
  ['abc', '<=', 'abc', true],
  ['b', '>', 'abc', true],
  ['', '=', '', true],
  ['', '<', '5', false],
  ['', '>=', '0', false],
  ['5', '<', '', false],
  ['', '!=', '5', true],
  ['7', '>=', '7', true],
];

test('comparisons: numbers as numbers, all else as text, and nothing is less than what nobody knows', () => {
  for (const [a, sign, b, expected] of comparisons) assert.is(compareValues(a, sign, b), expected, `${a} ${sign} ${b}`);
});

test('variables are filled in on both sides of a comparison', () => {
  const longer: Test = { compare: { a: '$POS', is: '>', b: '$CP1' } };
  assert.ok(holds(longer, '2026-01-01T00:00:00Z', { variables: { POS: '12', CP1: '3' } }));
  assert.not(holds(longer, '2026-01-01T00:00:00Z', { variables: { CP1: '3' } }), 'a call in no queue');
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { momentAt } from '../../../firmware/callflow/conditions/moment-at.ts';
import { grammar } from '../../../firmware/console/grammar.ts';
import { parseLine } from '../../../firmware/console/parse-line.ts';
import type { RawChannel } from '../../../firmware/console/zmodem/raw-channel.ts';
import { conditionsConsole } from '../../../firmware/unit/conditions-console.ts';
import type { WholeUnit } from '../../../firmware/unit/whole-unit.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { simFlowDesk } from '../../support/sim-flow-desk.ts';
import { testSettings } from '../../support/sim-unit.ts';
import { ExampleUnit } from './example-unit.ts';

async function world(): Promise<(line: string, document?: unknown) => Promise<string>> {
  const clock = new SimClock();
  const flows = await simFlowDesk(clock);
  const unit = new ExampleUnit();
  unit.conditions = conditionsConsole({ flows, settings: testSettings(), parts: { clock } } as unknown as WholeUnit);
  const channel: RawChannel = { waitingBytes: 0, received: null, closed: null, write: () => true, drop: () => undefined };
  const session = { monitor: () => false, configure: () => undefined, leaveConfigure: () => undefined, end: () => undefined, raw: () => channel, cooked: () => undefined };
  return async (line, document) => {
    const parsed = parseLine(line, grammar, unit);
    if (parsed.kind !== 'command') return JSON.stringify(parsed);
    const lines: string[] = [];
    const ran = Promise.resolve(parsed.command.run({ unit, given: parsed.given, options: parsed.options, print: (text) => void lines.push(text), signal: new AbortController().signal, session, clock, who: 'ada', wait: async () => true }));
    if (document !== undefined) channel.received?.(Buffer.from(`${JSON.stringify(document)}\n.\n`));
    await ran;
    return lines.join('\n');
  };
}

const condition = (name: string, tested: unknown): unknown => ({ form: 1, name, test: tested });

test('a condition that is pasted is stored, listed, tested at a time, and removed', async () => {
  const type = await world();
  assert.match(await type('show conditions'), 'there are no conditions');
  assert.match(await type('condition load', condition('Office', { week: { friday: { from: '08:00', to: '12:00' } } })), 'condition Office is stored');
  assert.match(await type('show conditions'), /Office +(holds|does not hold)/);
  assert.is(await type('condition test Office 2026-11-27T11:59'), 'Office holds at 2026-11-27T11:59');
  assert.is(await type('condition test Office 2026-11-27T12:00'), 'Office does not hold at 2026-11-27T12:00');
  assert.match(await type('condition test Office 2026-02-30T12:00'), 'there is no such time');
  assert.match(await type('condition test Office tomorrow'), 'written as 2026-12-24T18:00');
  assert.match(await type('condition text Office'), '"friday"');
  assert.match(await type('condition remove Office'), 'is gone');
  assert.match(await type('condition test Office'), 'there is no condition Office');
});

test('conditions that lead in a circle, or to none, are not stored', async () => {
  const type = await world();
  assert.match(await type('condition load', condition('A', { condition: 'B' })), /no condition 'B'.*\nnothing was stored/);
  await type('condition load', condition('B', { calendar: ['2026-12-25'] }));
  assert.match(await type('condition load', condition('A', { not: { condition: 'B' } })), 'condition A is stored');
  assert.match(await type('condition load', condition('B', { condition: 'A' })), /leads back to itself: B, A, B/);
  assert.match(await type('condition load', condition('B', { calendar: [] })), /\/test\/calendar: .*\nnothing was stored/);
  await type('condition remove B');
  assert.match(await type('show conditions'), /A +holds +there is no condition 'B', which 'A' asks for/);
});

test('times of the wall: an hour that comes twice is the first, one that is missing is later', () => {
  const table: [string, string, string | null][] = [
    ['2026-07-01T12:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-04-05T01:30', 'Australia/Lord_Howe', '2026-04-04T14:30:00.000Z'],
    ['2026-01-01T00:00', 'America/New_York', '2026-01-01T05:00:00.000Z'],
    ['2026-02-30T00:00', 'UTC', null],
    ['2026-01-01T24:00', 'UTC', null],
  ];
  for (const [text, zone, expected] of table) {
    const moment = momentAt(text, zone);
    assert.is(moment === null ? null : new Date(moment).toISOString(), expected, `${text} ${zone}`);
  }
});

test.run();

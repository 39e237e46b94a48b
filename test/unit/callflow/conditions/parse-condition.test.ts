import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chainFault } from '../../../../firmware/callflow/conditions/condition-chains.ts';
import type { Test } from '../../../../firmware/callflow/conditions/condition.ts';
import { parseCondition, readCondition } from '../../../../firmware/callflow/conditions/parse-condition.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';

const condition = (tested: unknown): unknown => ({ form: 1, name: 'Open', test: tested });
const nested = (depth: number): unknown => (depth === 0 ? { condition: 'A' } : { not: nested(depth - 1) });

test('a condition is read with its defaults; numbers in comparisons are as good as text', () => {
  const { condition: read } = parseCondition(`\uFEFF${JSON.stringify(condition({ and: [{ compare: { a: '$POS', is: '<', b: 3 } }, { calendar: ['2028-02-29'] }] }))}`);
  assert.equal(read, { form: 1, name: 'Open', about: '', test: { and: [{ compare: { a: '$POS', is: '<', b: '3' } }, { calendar: ['2028-02-29'] }] } });
});

const faults: [string, unknown, string, RegExp][] = [
  ['not an object', [], '', /an object with form, name and test/],
  ['an unknown key', { ...(condition({ condition: 'A' }) as object), tests: 1 }, '/tests', /did you mean 'test'/],
  ['no name', { form: 1, test: { condition: 'A' } }, '/name', /must be a name/],
  ['another form', { form: 2, name: 'Open', test: { condition: 'A' } }, '/form', /must be 1/],
  ['no test', { form: 1, name: 'Open' }, '/test', /an object with one of/],
  ['two elements side by side', condition({ condition: 'A', not: { condition: 'B' } }), '/test', /join several by and, or/],
  ['a misspelled element', condition({ calender: ['2026-01-01'] }), '/test/calender', /did you mean 'calendar'/],
  ['nothing to join', condition({ or: [] }), '/test/or', /at least one/],
  ['too deep', condition(nested(8)), `/test${'/not'.repeat(8)}`, /at most 8 deep/],
  ['too many days', condition({ calendar: Array.from({ length: 256 }, () => '2026-01-01') }), '/test/calendar', /1 to 255 days/],
  ['a day that does not exist', condition({ calendar: ['2026-01-01', '2026-02-29'] }), '/test/calendar/1', /a day that exists/],
  ['an unknown weekday', condition({ week: { Monday: { from: '08:00', to: '17:00' } } }), '/test/week/Monday', /did you mean 'monday'/],
  ['an hour that does not exist', condition({ week: { monday: { from: '8:00', to: '17:00' } } }), '/test/week/monday', /from and to/],
  ['hours that begin at the end of the day', condition({ week: { monday: { from: '24:00', to: '17:00' } } }), '/test/week/monday', /from and to/],
  ['hours without length', condition({ week: { monday: { from: '08:00', to: '08:00' } } }), '/test/week/monday', /00:00 to 24:00/],
  ['a sign that is none', condition({ compare: { a: '1', is: '<>', b: '2' } }), '/test/compare/is', /one of: = !=/],
  ['a side that is missing', condition({ compare: { a: '1', is: '=' } }), '/test/compare/b', /a number or a text/],
  ['too many elements', condition({ or: Array.from({ length: 201 }, () => ({ condition: 'A' })) }), '/test/or/199', /at most 200 elements/],
];

for (const [name, value, place, text] of faults) {
  test(`refused with its place and a remedy: ${name}`, () => {
    const { condition: read, faults: found } = readCondition(value);
    assert.is(read, null);
    assert.is(found[0]?.place, place, JSON.stringify(found));
    assert.match(found[0]?.text as string, text);
  });
}

test('all faults of a condition are told at once', () => {
  const { faults: found } = readCondition({ form: 1, name: '?', test: { and: [{ calendar: ['never'] }, { compare: { a: 1, is: '?', b: 2 } }] } });
  assert.equal(found.map(({ place }) => place), ['/name', '/test/and/0/calendar/0', '/test/and/1/compare/is']);
});

test('what is no JSON, or too long, is a fault', () => {
  assert.match(parseCondition('{').faults[0]?.text as string, /no JSON/);
  assert.match(parseCondition(' '.repeat(17_000)).faults[0]?.text as string, /at most 16384 bytes/);
});

const find = (conditions: Readonly<Record<string, Test>>) => (name: string): Test | undefined => conditions[name];
const to = (name: string): Test => ({ not: { or: [{ calendar: ['2026-01-01'] }, { condition: name }] } });

test('conditions that lead back to themselves are found, and the way is told', () => {
  assert.match(chainFault('A', find({ A: to('B'), B: to('C'), C: to('A') })) as string, /leads back to itself: A, B, C, A/);
  assert.match(chainFault('X', find({ X: to('A'), A: to('A') })) as string, /'A' leads back to itself: A, A/);
  assert.is(chainFault('A', find({ A: { and: [to('B'), to('C')] }, B: to('D'), C: to('D'), D: { calendar: [] } })), null, 'two ways to one are no circle');
});

test('a condition that asks for none is told, and one that leads too far', () => {
  assert.match(chainFault('A', find({ A: to('B') })) as string, /no condition 'B', which 'A' asks for/);
  const long = Object.fromEntries(Array.from({ length: 20 }, (_, at): [string, Test] => [`C${at}`, at === 19 ? { calendar: [] } : to(`C${at + 1}`)]));
  assert.match(chainFault('C0', find(long)) as string, /more than 16 others/);
  assert.is(chainFault('C4', find(long)), null);
});

test('random JSON is a condition or faults, never an error', () => {
  const seed = Number(process.env['SEED'] ?? 5);
  const random = new SimRandom(seed);
  const words = ['form', 'name', 'test', 'and', 'or', 'not', 'calendar', 'week', 'compare', 'condition', 'monday', 'a', 'is', 'b', '__proto__', '2026-01-01', '=', 'Open'];
  const pick = (n: number): number => (random.bytes(1)[0] as number) % n;
  const value = (depth: number): unknown => {
    const kind = depth > 10 ? pick(3) : pick(6);
    if (kind === 0) return words[pick(words.length)];
    if (kind === 1) return pick(2);
    if (kind === 2) return null;
    if (kind === 3) return Array.from({ length: pick(4) }, () => value(depth + 1));
    return JSON.parse(`{${Array.from({ length: pick(4) }, () => `${JSON.stringify(words[pick(words.length)])}:${JSON.stringify(value(depth + 1))}`).join(',')}}`);
  };
  for (let n = 0; n < 5000; n += 1) {
    const found = readCondition(pick(2) === 0 ? value(0) : condition(value(0)));
    assert.ok(found.condition === null ? found.faults.length > 0 : found.faults.length === 0, `seed ${seed}`);
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allowedBy, nothingSpent, outgoingRule, spendCall, spentOn } from '../../../firmware/calls/outgoing-rules.ts';
import { testSettings } from '../../support/sim-unit.ts';

const settings = (allow: string[]) => ({ ...testSettings(), outgoing: { ...testSettings().outgoing, allow } });

const table: [string, string[], string, string][] = [
  ['without patterns a mailbox may be called', [], '201', 'extension'],
  ['and nobody else', [], '0301234', 'forbidden'],
  ['a pattern is the whole number', ['030'], '0301234', 'forbidden'],
  ['X is any digit', ['030XXXX'], '0301234', 'outside'],
  ['and no other sign', ['030XXXX'], '030123*', 'forbidden'],
  ['a dot at the end is one digit or more', ['030.'], '0301', 'outside'],
  ['and not none', ['030.'], '030', 'forbidden'],
  ['an exception wins, wherever it stands', ['0.', '!0900.'], '0900123', 'forbidden'],
  ['and forbids no more than it says', ['0.', '!0900.'], '0901123', 'outside'],
  ['no toll fraud by a URI', ['0.'], '0@evil.example', 'forbidden'],
  ['nor by parameters', ['0.'], '01;user=phone', 'forbidden'],
  ['nor by an endless number', ['0.'], '0'.repeat(33), 'forbidden'],
  ['an empty number is none', ['0.'], '', 'forbidden'],
  ['an emergency number never, whatever a pattern says', ['XXX'], '112', 'forbidden'],
  ['nor behind what gets a line outside', ['9.'], '9112', 'forbidden'],
  ['nor behind a zero', ['0.'], '0911', 'forbidden'],
  ['nor with the key that ends a number', ['XXX#', '0.'], '112#', 'forbidden'],
  ['a longer number only begins so', ['0.'], '0112345', 'outside'],
];

test('who may be called: no emergency number behind the prefix of a trunk, and the mailbox that looks like one', () => {
  const { lines: _lines, ...usual } = settings(['8.']);
  const lines = [{ prefix: '88' }] as unknown as ReturnType<typeof testSettings>['lines'];
  assert.is(outgoingRule({ ...usual, lines }, '88112'), 'forbidden');
  assert.is(outgoingRule({ ...usual, lines: [] }, '88112'), 'outside');
  const mailboxes = [{ ...usual.mailboxes[0], number: '9112' }] as typeof usual.mailboxes;
  assert.is(outgoingRule({ ...usual, lines, mailboxes }, '9112'), 'extension');
});

for (const [name, allow, number, expected] of table) {
  test(`who may be called: ${name}`, () => assert.is(outgoingRule(settings(allow), number), expected));
}

test('an exception alone allows nothing', () => assert.is(allowedBy(['!0900.'], '030'), false));

const budget = { mostPerDay: 3, mostPerMailboxPerDay: 2 };

test('budgets: per mailbox, per unit, and anew on the next day', () => {
  const one = spendCall(nothingSpent, budget, '2026-03-01', '201');
  const two = one && spendCall(one, budget, '2026-03-01', '201');
  assert.ok(two);
  assert.is(spendCall(two, budget, '2026-03-01', '201'), null, 'a third one for the mailbox');
  const three = spendCall(two, budget, '2026-03-01', '202');
  assert.ok(three);
  assert.is(spendCall(three, budget, '2026-03-01', '203'), null, 'a fourth one of the unit');
  assert.equal(spendCall(three, budget, '2026-03-02', '201'), { day: '2026-03-02', all: 1, byMailbox: { 201: 1 } });
});

test('a clock that is set back a day gives no new budget; one that was wrong by years does not spend it for ever', () => {
  const spent = { day: '2026-03-02', all: 3, byMailbox: { 201: 2 } };
  assert.is(spentOn(spent, '2026-03-01'), spent);
  assert.is(spentOn({ ...spent, day: '2031-01-01' }, '2026-03-01').all, 0);
});

test('a budget of nothing allows nothing', () => assert.is(spendCall(nothingSpent, { mostPerDay: 0, mostPerMailboxPerDay: 9 }, '2026-03-01', null), null));

test.run();

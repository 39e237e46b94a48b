import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keyedWords, namesByKeys } from '../../../firmware/callflow/spelled-names.ts';
import { mailboxBook } from '../../../firmware/calls/collect-context.ts';
import type { MailboxSettings } from '../../../firmware/config/settings.ts';
import { testSettings } from '../../support/sim-unit.ts';

const none = { key0: null, key2: null, key3: null };
const people = [['220', 'Mary Ann Lee'], ['210', 'Jörg Müller-Groß'], ['201', 'Ada Byron'], ['202', 'Adam Smith'], ['9', ''], ['203', '王芳']].map(([number = '', name = '']) => ({ number, name, language: null, peer: null, breakout: none }) as MailboxSettings);
const found = (keys: string): string => namesByKeys(people, keys).map(({ number }) => number).join();

test('names are keyed by their letters, marks do not count', () => {
  assert.equal(keyedWords('Jörg Müller-Groß'), ['5674', '685537', '47677']);
  assert.equal(keyedWords('O\'Neil 3rd'), ['6', '6345', '373']);
  assert.equal(keyedWords(''), []);
});

const cases: readonly (readonly [keys: string, numbers: string])[] = [
  ['', ''], ['266', '220'], ['6279266533', '220'], ['2666279533', '220'], ['5336279266', '220'], ['5332666279', ''], ['62792665333', ''],
  ['23', '201,202'], ['232', '201,202'], ['2326', '202'], ['29766', '201'], ['23229766', '201'], ['29766232', '201'], ['685537', '210'], ['47677', '210'], ['99', ''], ['1', ''],
];
for (const [keys, numbers] of cases) test(`${keys} finds ${numbers || 'nobody'}`, () => assert.is(found(keys), numbers));

test('the telephone menu of an owner finds the same names, nine at most', () => {
  const named = (keys: string): string => mailboxBook({ mailboxes: people, telephone: testSettings().telephone }).named(keys).join();
  for (const [keys, numbers] of cases) assert.is(named(keys), numbers, keys);
  const many = Array.from({ length: 12 }, (_, at) => ({ ...people[0], number: String(301 + at) }) as MailboxSettings);
  assert.is(mailboxBook({ mailboxes: many, telephone: testSettings().telephone }).named('6').length, 9);
});

test.run();

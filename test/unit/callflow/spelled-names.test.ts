import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keyedWords, namesByKeys } from '../../../firmware/callflow/actions/transfer/spelled-names.ts';
import type { MailboxSettings } from '../../../firmware/config/settings.ts';

const none = { key0: null, key2: null, key3: null };
const people = [['210', 'Jörg Müller-Groß'], ['201', 'Ada Byron'], ['202', 'Adam Smith'], ['9', ''], ['203', '王芳']].map(([number = '', name = '']) => ({ number, name, language: null, peer: null, breakout: none }) as MailboxSettings);
const found = (keys: string): string => namesByKeys(people, keys).map(({ number }) => number).join();

test('names are keyed by their letters, marks do not count', () => {
  assert.equal(keyedWords('Jörg Müller-Groß'), ['5674', '685537', '47677']);
  assert.equal(keyedWords('O\'Neil 3rd'), ['6', '6345', '373']);
  assert.equal(keyedWords(''), []);
});

const cases: readonly (readonly [keys: string, numbers: string])[] = [
  ['23', '201,202'], ['232', '201,202'], ['2326', '202'], ['29766', '201'], ['23229766', '201'], ['29766232', '201'], ['685537', '210'], ['47677', '210'], ['99', ''], ['1', ''],
];
for (const [keys, numbers] of cases) test(`${keys} finds ${numbers || 'nobody'}`, () => assert.is(found(keys), numbers));

test.run();

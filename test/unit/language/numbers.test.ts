import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { languages } from '../../../firmware/callflow/language/languages.ts';
import { yearNumber as englishYear } from '../../../firmware/callflow/language/en/rules.ts';
import { yearNumber as germanYear } from '../../../firmware/callflow/language/de/rules.ts';
import { languageCalled, spoken } from './spoken.ts';

const english = languageCalled('en');
const german = languageCalled('de');

const englishForms: [number, string][] = [
  [0, 'zero'],
  [1, 'one'],
  [10, 'ten'],
  [12, 'twelve'],
  [13, 'thirteen'],
  [20, 'twenty'],
  [21, 'twenty one'],
  [30, 'thirty'],
  [42, 'forty two'],
  [99, 'ninety nine'],
  [100, 'one hundred'],
  [101, 'one hundred one'],
  [110, 'one hundred ten'],
  [215, 'two hundred fifteen'],
  [999, 'nine hundred ninety nine'],
  [1000, 'one thousand'],
  [1001, 'one thousand one'],
  [1100, 'one thousand one hundred'],
  [2026, 'two thousand twenty six'],
  [9999, 'nine thousand nine hundred ninety nine'],
];

const germanForms: [number, string][] = [
  [0, 'null'],
  [1, 'eins'],
  [12, 'zwölf'],
  [16, 'sechzehn'],
  [17, 'siebzehn'],
  [21, 'einundzwanzig'],
  [30, 'dreißig'],
  [66, 'sechsundsechzig'],
  [71, 'einundsiebzig'],
  [99, 'neunundneunzig'],
  [100, 'hundert'],
  [101, 'hundert eins'],
  [121, 'hundert einundzwanzig'],
  [200, 'zwei hundert'],
  [999, 'neun hundert neunundneunzig'],
  [1000, 'tausend'],
  [1001, 'tausend eins'],
  [1100, 'tausend hundert'],
  [2026, 'zwei tausend sechsundzwanzig'],
  [9999, 'neun tausend neun hundert neunundneunzig'],
];

test('English numbers have their known forms', () => {
  for (const [n, form] of englishForms) assert.is(spoken(english, english.number(n)), form);
});

test('German numbers have their known forms', () => {
  for (const [n, form] of germanForms) assert.is(spoken(german, german.number(n)), form);
});

/** The value of number ids by the arithmetic of both languages: what stands before a hundred or thousand multiplies it. */
function valueOf(ids: readonly string[]): number {
  let total = 0;
  let part = 0;
  for (const id of ids) {
    if (id === 'number.thousand') [total, part] = [total + (part || 1) * 1000, 0];
    else if (id === 'number.hundred') part = (part || 1) * 100;
    else part += Number(id.slice('number.'.length));
  }
  return total + part;
}

for (const language of languages) {
  test(`every number from 0 to 9,999 is itself in ${language.name}`, () => {
    for (let n = 0; n <= 9999; n++) {
      const ids = language.number(n);
      assert.is(valueOf(ids), n, `${n}: ${ids}`);
      assert.ok(spoken(language, ids).length > 0);
    }
  });

  test(`what is no number to be spoken does no harm in ${language.name}`, () => {
    assert.equal(language.number(10_203), language.digits('10203'));
    assert.equal(language.number(-3), ['number.0']);
    assert.equal(language.number(2.6), ['number.3']);
  });

  test(`digits are spoken one by one in ${language.name}`, () => {
    assert.equal(language.digits('+49 (201)-*#'), ['digit.plus', 'number.4', 'number.9', 'number.2', 'number.0', 'number.1', 'digit.star', 'digit.hash']);
    assert.equal(language.digits('alice'), []);
  });
}

test('English years are read in pairs of digits', () => {
  const forms: [number, string][] = [
    [1900, 'nineteen hundred'],
    [1905, 'nineteen oh five'],
    [1999, 'nineteen ninety nine'],
    [2000, 'two thousand'],
    [2009, 'two thousand nine'],
    [2010, 'twenty ten'],
    [2026, 'twenty twenty six'],
    [2105, 'twenty one oh five'],
  ];
  for (const [year, form] of forms) assert.is(spoken(english, englishYear(year)), form);
});

test('German years count hundreds before 2000', () => {
  const forms: [number, string][] = [
    [1900, 'neunzehn hundert'],
    [1999, 'neunzehn hundert neunundneunzig'],
    [2000, 'zwei tausend'],
    [2026, 'zwei tausend sechsundzwanzig'],
  ];
  for (const [year, form] of forms) assert.is(spoken(german, germanYear(year)), form);
});

test.run();

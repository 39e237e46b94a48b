import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WallMs } from '../../../hal/clock.ts';
import type { Language } from '../../../firmware/callflow/language/language.ts';
import { promptKey } from '../../../firmware/callflow/language/language.ts';
import { findLanguage, languages } from '../../../firmware/callflow/language/languages.ts';

const dayMs = 86_400_000;

/** Every id that the rules can say. */
function saidByRules(language: Language): Set<string> {
  const ids = new Set<string>();
  const add = (said: readonly string[]): void => said.forEach((id) => ids.add(id));
  for (let n = 0; n <= 9999; n++) add(language.number(n));
  add(language.digits('0123456789*#+'));
  for (const kind of ['new', 'old', 'saved'] as const) for (let n = 0; n < 100; n++) add(language.messageCount(kind, n));
  for (let seconds = 0; seconds < 4000; seconds++) add(language.duration(seconds * 1000));
  for (let minute = 0; minute < 1440; minute++) add(language.dateTime((minute * 60_000) as WallMs, 'UTC', 0 as WallMs));
  for (let day = 0; day < 366 * 4; day++) add(language.dateTime((day * dayMs) as WallMs, 'UTC', ((day + (day % 9)) * dayMs) as WallMs));
  for (let day = 0; day < 366 * 130; day += 37) add(language.dateTime((day * dayMs) as WallMs, 'UTC', 0 as WallMs));
  for (let day = 0; day < 366; day++) add(language.clock((day * dayMs) as WallMs, 'UTC', true));
  return ids;
}

const isPart = (id: string): boolean => /^(number|digit|ordinal|month|weekday|date|time|duration)\.|^collect\..*-(none|one|many)$/.test(id);

for (const language of languages) {
  const said = saidByRules(language);

  test(`${language.name} has a text for whatever its rules say`, () => {
    for (const id of said) assert.ok(Object.hasOwn(language.catalogue, id), id);
  });

  test(`${language.name} has no part that its rules never say`, () => {
    assert.equal(Object.keys(language.catalogue).filter((id) => isPart(id) && !said.has(id)), []);
  });

  test(`the texts of ${language.name} are clean`, () => {
    for (const [id, text] of Object.entries(language.catalogue)) {
      assert.match(id, /^[a-z0-9]+([.-][a-z0-9]+)*$/);
      assert.match(text, /^[\p{L}0-9][\p{L}0-9 ,.?-]*$/u, `${id}: ${text}`);
      assert.is(text, text.trim().replace(/ +/g, ' '), id);
      if (/[.?].*[\p{L}]/u.test(text)) assert.match(text, /[.?]$/, `${id} begins with a sentence and must end as one`);
    }
  });

  test(`no two numbers, days or months of ${language.name} sound the same`, () => {
    for (const kind of ['number', 'ordinal', 'month', 'weekday']) {
      const texts = Object.entries(language.catalogue).filter(([id]) => id.startsWith(`${kind}.`)).map(([, text]) => text);
      assert.is(new Set(texts).size, texts.length, kind);
    }
  });
}

test('all languages say the same phrases', () => {
  const phrases = (language: Language): string[] => Object.keys(language.catalogue).filter((id) => !isPart(id)).sort();
  for (const language of languages) assert.equal(phrases(language), phrases(languages[0]));
});

test('languages are found by their tags', () => {
  assert.is(findLanguage('en')?.name, 'English');
  assert.is(findLanguage('de-AT')?.name, 'Deutsch');
  assert.is(findLanguage('EN-us')?.code, 'en');
  assert.is(findLanguage('tlh'), null);
  assert.is(promptKey('de', 'goodbye'), 'de/goodbye');
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitWords } from '../../../firmware/console/words.ts';

const cases: [string, string[]][] = [
  ['', []],
  ['   ', []],
  ['show  calls ', ['show', 'calls']],
  ['call 201 --say "two words"', ['call', '201', '--say', 'two words']],
  [`--say='a "b" \\ c'`, ['--say=a "b" \\ c']],
  ['"a \\" b \\\\"', ['a " b \\']],
  ['""', ['']],
  ['a"b c"d', ['ab cd']],
];

for (const [line, words] of cases) {
  test(JSON.stringify(line), () => {
    const split = splitWords(line);
    assert.is(split.openQuote, null);
    assert.equal(split.words.map((word) => word.text), words);
  });
}

test('words know their places and whether they began with a quote', () => {
  assert.equal(splitWords('ab "c d"').words, [
    { text: 'ab', start: 0, end: 2, quoted: false },
    { text: 'c d', start: 3, end: 8, quoted: true },
  ]);
});

test('a quote without end is told by its place', () => {
  assert.is(splitWords('call 201 --say "two wor').openQuote, 15);
  assert.is(splitWords("it's").openQuote, 2);
  assert.is(splitWords('"a\\"').openQuote, 0, 'an escaped quote does not end it');
});

test.run();

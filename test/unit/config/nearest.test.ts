import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { editDistance, nearest } from '../../../firmware/config/nearest.ts';

test('counts insertions, deletions, replacements and swaps of neighbours', () => {
  const distances: [string, string, number][] = [
    ['', '', 0],
    ['port', 'port', 0],
    ['port', 'ports', 1],
    ['prots', 'ports', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['abcd', 'badc', 2],
  ];
  for (const [from, to, distance] of distances) {
    assert.is(editDistance(from, to), distance, `${from} to ${to}`);
    assert.is(editDistance(to, from), distance, `${to} to ${from}`);
  }
});

test('finds the word that was meant, and none where nothing is near', () => {
  const known = ['ports', 'peers', 'pins', 'messages', 'mailboxes', 'sessionExpiresSec'];
  assert.is(nearest('mesages', known), 'messages');
  assert.is(nearest('PORTS', known), 'ports');
  assert.is(nearest('sessionExpires', known), 'sessionExpiresSec', 'the beginning of a word means the word');
  assert.is(nearest('sip', known), null);
  assert.is(nearest('', known), null);
  assert.is(nearest('x', known), null, 'a single letter is near to everything, so to nothing');
});

test('gives the nearest of several', () => {
  assert.is(nearest('maxSex', ['minSec', 'maxSec']), 'maxSec');
});

test('does not compare endless words', () => {
  assert.is(nearest('a'.repeat(100_000), ['a'.repeat(64)]), null);
  assert.is(nearest('abcdef', ['abcdeg'.repeat(20_000)]), null);
});

test.run();

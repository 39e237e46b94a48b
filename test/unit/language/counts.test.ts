import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { languageCalled, spoken } from './spoken.ts';

const english = languageCalled('en');
const german = languageCalled('de');

test('message counts have their plurals', () => {
  assert.is(spoken(english, english.messageCount('new', 0)), 'no new messages.');
  assert.is(spoken(english, english.messageCount('new', 1)), 'one new message');
  assert.is(spoken(english, english.messageCount('old', 2)), 'two old messages');
  assert.is(spoken(english, english.messageCount('saved', 21)), 'twenty one saved messages');
  assert.is(spoken(german, german.messageCount('new', 0)), 'keine neuen Nachrichten.');
  assert.is(spoken(german, german.messageCount('old', 1)), 'eine alte Nachricht');
  assert.is(spoken(german, german.messageCount('saved', 21)), 'einundzwanzig gespeicherte Nachrichten');
});

test('durations are minutes and seconds', () => {
  const cases: [number, string, string][] = [
    [0, 'zero seconds', 'null Sekunden'],
    [499, 'zero seconds', 'null Sekunden'],
    [1000, 'one second', 'eine Sekunde'],
    [59_499, 'fifty nine seconds', 'neunundfünfzig Sekunden'],
    [59_500, 'one minute', 'eine Minute'],
    [61_000, 'one minute one second', 'eine Minute eine Sekunde'],
    [125_000, 'two minutes five seconds', 'zwei Minuten fünf Sekunden'],
    [3_600_000, 'sixty minutes', 'sechzig Minuten'],
    [-5, 'zero seconds', 'null Sekunden'],
  ];
  for (const [ms, en, de] of cases) {
    assert.is(spoken(english, english.duration(ms)), en);
    assert.is(spoken(german, german.duration(ms)), de);
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findById, shortId } from '../../../firmware/console/find-by-id.ts';
import { formatBytes, formatDuration, formatTime, formatUptime } from '../../../firmware/console/format.ts';
import { IdleLogout } from '../../../firmware/console/idle-logout.ts';
import { KeyQueue, mostWaiting } from '../../../firmware/console/key-queue.ts';
import { parseKeyScript, withSpeech } from '../../../firmware/console/key-script.ts';
import { plainText, textColumns } from '../../../firmware/console/plain-text.ts';
import { pairs, table } from '../../../firmware/console/table.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

test('table: columns fit, numbers to the right, foreign letters by their width, no trailing space', () => {
  assert.equal(table([{ title: 'ID' }, { title: 'COUNT', right: true }, { title: 'NAME' }], [['a', 5, '山田'], ['bcd', 1234567, '']], 'none'), [
    'ID     COUNT  NAME',
    'a          5  山田',
    'bcd  1234567',
  ]);
  assert.equal(table([{ title: 'ID' }], [], 'no messages'), ['no messages']);
  assert.equal(pairs([['a', 1], ['long', 'x']]), ['a     1', 'long  x']);
});

test('text from outside cannot move the cursor, break the line or turn it round', () => {
  assert.is(plainText('a\x1b[2Jb\r\nc\u009bd\u202ee\u2028f\ud800'), 'a?[2Jb??c?d?e?f?');
  assert.is(plainText('Jürgen 山田 😀'), 'Jürgen 山田 😀');
  assert.is(table([{ title: 'N' }], [['x\ny']], '').length, 2);
});

test('widths', () => {
  assert.is(textColumns('abc'), 3);
  assert.is(textColumns('山田'), 4);
  assert.is(textColumns('e\u0301'), 1);
  assert.is(textColumns('😀'), 2);
});

test('lengths of time, sizes, times of day', () => {
  assert.equal([0, 499, 7000, 61_000, 725_400, 3_600_000].map(formatDuration), ['0:00', '0:00', '0:07', '1:01', '12:05', '1:00:00']);
  assert.is(formatUptime(90_061_000), '1 d 01:01:01');
  assert.equal([0, 1023, 1024, 1_572_864, 5 * 2 ** 40].map(formatBytes), ['0 B', '1023 B', '1.0 KiB', '1.5 MiB', '5.0 TiB']);
  const january = Date.UTC(2026, 0, 5, 23, 30, 0);
  assert.is(formatTime(january, 'UTC'), '2026-01-05 23:30:00');
  assert.is(formatTime(january, 'Europe/Berlin'), '2026-01-06 00:30:00');
});

test('key scripts', () => {
  assert.equal(parseKeyScript('201# 123456#  w4 w w2.5 s *9'), {
    ok: true,
    steps: [
      { kind: 'digits', digits: '201#' }, { kind: 'digits', digits: '123456#' }, { kind: 'wait', ms: 4000 }, { kind: 'wait', ms: 1000 },
      { kind: 'wait', ms: 2500 }, { kind: 'speak' }, { kind: 'digits', digits: '*9' },
    ],
  });
  assert.equal(parseKeyScript('  '), { ok: true, steps: [] });
  for (const wrong of ['x', '201#w4', 'w601', 'w-1', '1'.repeat(65), '1 '.repeat(101), '201e']) assert.not.ok(parseKeyScript(wrong).ok, wrong);
});

test('speech comes first unless the script says when', () => {
  const press = { kind: 'digits' as const, digits: '#' };
  assert.equal(withSpeech([press], true), [{ kind: 'speak' }, press]);
  assert.equal(withSpeech([press, { kind: 'speak' }], true), [press, { kind: 'speak' }]);
  assert.equal(withSpeech([press], false), [press]);
});

test('messages are found by their whole id or its end', () => {
  const all = [{ id: '019b8d2e-4400-7abc-8def-0123456789ab' }, { id: '019b8d2e-4400-7abc-8def-fff3456789ab' }];
  assert.is(findById(all, all[1]?.id ?? ''), all[1]);
  assert.is(findById(all, '0123456789AB'), all[0]);
  assert.is(findById(all, '456789ab'), 'several');
  assert.is(findById(all, '9ab'), 'none');
  assert.is(findById([all[0] as { id: string }], '9ab'), 'none', 'three digits are too few even for one message');
  assert.is(shortId(all[0]?.id ?? ''), '456789ab');
});

test('keys that wait are bounded, in order, and losses are counted once', () => {
  const queue = new KeyQueue();
  for (let index = 0; index < mostWaiting + 3; index++) queue.push({ kind: 'char', text: String(index) });
  assert.is(queue.size, mostWaiting);
  assert.equal(queue.shift(), { kind: 'char', text: '0' });
  assert.is(queue.takeLost(), 3);
  assert.is(queue.takeLost(), 0);
  queue.clear();
  assert.is(queue.shift(), null);
});

test('idle logout: touched in time never, untouched once, and a changed limit counts', async () => {
  const clock = new SimClock();
  let limit = 1000;
  let out = 0;
  const idle = new IdleLogout(clock, () => limit, () => (out += 1));
  idle.touch();
  await clock.advance(900);
  idle.touch();
  await clock.advance(900);
  assert.is(out, 0);
  assert.is(clock.pending().length, 1);
  limit = 5000;
  await clock.advance(3000);
  assert.is(out, 0, 'the limit became longer');
  await clock.advance(1200);
  assert.is(out, 1);
  await clock.advance(10_000);
  assert.is(out, 1);
  limit = 0;
  idle.touch();
  assert.is(clock.pending().length, 0, '0 = never');
  limit = 1000;
  idle.touch();
  idle.stop();
  assert.is(clock.pending().length, 0);
});

test.run();

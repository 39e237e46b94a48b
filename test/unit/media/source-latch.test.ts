import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pinAfter, SourceLatch } from '../../../firmware/media/source-latch.ts';

const announced = { address: '10.0.0.1', port: 4000 };

function judged(latch: SourceLatch, ...sources: [string, number][]): string[] {
  return sources.map(([address, port]) => latch.judge(address, port));
}

test('the first source is latched, and pinned after five packets', () => {
  const latch = new SourceLatch();
  latch.open(null);
  assert.equal(judged(latch, ['192.0.2.1', 1], ['192.0.2.1', 1], ['192.0.2.1', 1], ['192.0.2.1', 1]), ['moved', 'ours', 'ours', 'ours']);
  assert.not(latch.pinned);
  latch.judge('192.0.2.1', 1);
  assert.ok(latch.pinned);
  for (let n = 0; n < 3 * pinAfter; n++) assert.is(latch.judge('192.0.2.2', 1), 'foreign');
  assert.is(latch.judge('192.0.2.1', 2), 'foreign', 'another port of the same address is another source');
  assert.is(latch.judge('192.0.2.1', 1), 'ours');
});

test('before pinning the announced address takes over at once', () => {
  const latch = new SourceLatch();
  latch.open(announced);
  assert.equal(judged(latch, ['192.0.2.9', 9], [announced.address, announced.port]), ['moved', 'moved']);
  assert.is(latch.judge('192.0.2.9', 9), 'foreign');
});

test('before pinning another source takes over only with five in a row', () => {
  const latch = new SourceLatch();
  latch.open(null);
  judged(latch, ['a', 1]);
  assert.equal(judged(latch, ['b', 1], ['b', 1], ['b', 1], ['b', 1]), ['foreign', 'foreign', 'foreign', 'foreign']);
  assert.is(latch.judge('b', 1), 'moved');
  assert.is(latch.address, 'b');
});

test('a rival whose row is broken starts again', () => {
  const latch = new SourceLatch();
  latch.open(null);
  judged(latch, ['a', 1], ['b', 1], ['b', 1], ['b', 1], ['b', 1], ['a', 1]);
  assert.equal(judged(latch, ['b', 1], ['b', 1], ['b', 1], ['c', 1], ['b', 1], ['b', 1]), Array(6).fill('foreign'));
});

test('what another unit has heard is pinned at once, until the session changes', () => {
  const latch = new SourceLatch();
  latch.open(announced);
  latch.pin('n', 7);
  assert.ok(latch.pinned);
  assert.equal(judged(latch, ['b', 2], ['n', 7], ['a', 1]), ['foreign', 'ours', 'foreign']);
  latch.open(announced);
  assert.is(latch.judge('b', 2), 'moved');
});

test('opening again lets the peer move', () => {
  const latch = new SourceLatch();
  latch.open(announced);
  for (let n = 0; n < pinAfter; n++) latch.judge('a', 1);
  latch.open(announced);
  assert.not(latch.latched);
  assert.is(latch.judge('b', 2), 'moved');
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ArrivalModeration, lookEveryMs } from '../../../hal/drivers/linux/arrival-moderation.ts';

/** Wake-ups at an even rate for a second; whether it wanted to look. */
function looksAt(packetsPerSec: number): boolean {
  const moderation = new ArrivalModeration();
  for (let at = 0; at < packetsPerSec; at++) if (moderation.woke((at * 1000) / packetsPerSec)) return true;
  return false;
}

/** Looks at an even rate for a second; whether it wanted to be woken. */
function wakesAt(packetsPerSec: number): boolean {
  const moderation = new ArrivalModeration();
  let packets = 0;
  for (let look = 1; look <= 1000 / lookEveryMs; look++) {
    const arrived = Math.floor((look * lookEveryMs * packetsPerSec) / 1000) - packets;
    packets += arrived;
    if (moderation.looked(arrived)) return true;
  }
  return false;
}

test('streams of ten calls wake, those of forty are looked for', () => {
  assert.equal([10, 40, 250].map((calls) => looksAt(calls * 50)), [false, true, true]);
});

test('those of forty go on being looked for, those of five wake again', () => {
  assert.equal([250, 40, 5, 0].map((calls) => wakesAt(calls * 50)), [false, false, true, true]);
});

test('there is a band between the two in which nothing changes', () => {
  for (const calls of [9, 12, 15]) assert.equal([looksAt(calls * 50), wakesAt(calls * 50)], [false, false], `${calls} calls`);
});

test('a burst after long quiet is counted from its beginning', () => {
  const moderation = new ArrivalModeration();
  for (let round = 0; round < 10; round++) for (let at = 0; at < 15; at++) assert.not(moderation.woke(round * 1000 + at));
});

test.run();

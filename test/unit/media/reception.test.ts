import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Reception } from '../../../firmware/media/reception.ts';

function hearing(first: number): Reception {
  const reception = new Reception();
  reception.begin(1, first & 0xffff);
  return reception;
}

test('sequence numbers wrap without loss', () => {
  const reception = hearing(65_500);
  for (let n = 0; n < 200_000; n++) assert.is(reception.arrive((65_500 + n) & 0xffff), 'accepted');
  assert.is(reception.lost, 0);
  assert.is(reception.received, 200_000);
  assert.is(reception.extendedHighest, 65_500 + 199_999);
});

test('a gap is lost until what was overtaken comes', () => {
  const reception = hearing(10);
  for (const sequence of [10, 11, 14]) reception.arrive(sequence);
  assert.is(reception.lost, 2);
  assert.is(reception.arrive(13), 'accepted');
  assert.is(reception.lost, 1);
});

test('duplicates are told, also across the wrap', () => {
  const reception = hearing(65_534);
  for (const sequence of [65_534, 65_535, 0, 1]) assert.is(reception.arrive(sequence), 'accepted');
  for (const sequence of [65_535, 0, 1]) assert.is(reception.arrive(sequence), 'duplicate');
  assert.is(reception.duplicates, 3);
  assert.is(reception.lost, 0);
});

test('a packet from before the first one heard is accepted and not negative loss', () => {
  const reception = hearing(0);
  for (const sequence of [0, 65_535, 1]) assert.is(reception.arrive(sequence), 'accepted');
  assert.is(reception.lost, 0);
});

test('a lone wild number is refused, two in sequence are a restart, losses before it stand', () => {
  const reception = hearing(100);
  for (const sequence of [100, 101, 103]) reception.arrive(sequence);
  assert.is(reception.arrive(30_000), 'refused');
  assert.is(reception.arrive(104), 'accepted');
  assert.is(reception.arrive(40_000), 'refused');
  assert.is(reception.arrive(40_001), 'restarted');
  assert.is(reception.arrive(40_002), 'accepted');
  assert.is(reception.lost, 1);
});

test('fraction lost is counted per report', () => {
  const reception = hearing(0);
  for (let sequence = 0; sequence < 100; sequence++) if (sequence % 5 !== 3) reception.arrive(sequence);
  assert.is(reception.takeFractionLost(), Math.floor((20 * 256) / 100));
  for (let sequence = 100; sequence < 200; sequence++) reception.arrive(sequence);
  assert.is(reception.takeFractionLost(), 0);
  assert.is(reception.lost, 20);
});

test('jitter follows RFC 3550 A.8', () => {
  const reception = hearing(0);
  let expected = 0;
  let before = 0;
  for (let n = 0; n < 500; n++) {
    const arrival = 1000 + n * 160 + (n % 2) * 40;
    reception.time(arrival | 0, n * 160);
    const transit = arrival - n * 160;
    if (n > 0) expected += (Math.abs(transit - before) - expected) / 16;
    before = transit;
  }
  assert.ok(Math.abs(reception.jitterUnits - expected) <= 1, `${reception.jitterUnits} against ${expected}`);
});

test('jitter is not thrown off when arrival times or timestamps pass 2^31 or 2^32', () => {
  const reception = hearing(0);
  for (let n = 0; n < 100; n++) reception.time((2 ** 32 - 5000 + n * 160) | 0, (2 ** 31 - 800 + n * 160) | 0);
  assert.is(reception.jitterUnits, 0);
});

test('a new stream in the same session keeps what was lost and received before', () => {
  const reception = hearing(0);
  for (const sequence of [0, 2]) reception.arrive(sequence);
  reception.begin(2, 500);
  for (const sequence of [500, 501, 503]) reception.arrive(sequence);
  assert.is(reception.lost, 2);
  assert.is(reception.received, 5);
});

test('a new session starts from nothing', () => {
  const reception = hearing(0);
  for (const sequence of [0, 2, 2]) reception.arrive(sequence);
  reception.reset();
  assert.is(reception.lost, 0);
  reception.begin(2, 9);
  reception.arrive(9);
  assert.is(reception.lost, 0);
  assert.is(reception.received, 1);
  assert.is(reception.duplicates, 0);
});

test.run();

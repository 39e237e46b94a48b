import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { movedOn } from '../../../firmware/media/moved-on.ts';
import type { RtpStream } from '../../../firmware/media/media-protocol.ts';

const stream: RtpStream = { ssrc: -7, sequence: 65_530, timestamp: 2 ** 31 - 160, packets: 50, octets: 8000, cname: 'c', latched: null };

test('sequence and timestamp go on by whole packets, over their ends', () => {
  assert.equal(movedOn(stream, 200, 20), { ...stream, sequence: 4, timestamp: (2 ** 31 - 160 + 1600) | 0 });
});

test('a packet that had begun counts, and time that ran backwards does not', () => {
  assert.is(movedOn(stream, 0.1, 20).sequence, 65_531);
  assert.is(movedOn(stream, 30, 30).timestamp, (2 ** 31 - 160 + 240) | 0);
  assert.equal(movedOn(stream, 0, 20), stream);
  assert.equal(movedOn(stream, -5, 20), stream);
});

test('after an hour the numbers are still numbers', () => {
  const { sequence, timestamp } = movedOn(stream, 3_600_000, 20);
  assert.equal([sequence, timestamp], [(65_530 + 180_000) & 0xffff, (2 ** 31 - 160 + 28_800_000) | 0]);
});

test.run();

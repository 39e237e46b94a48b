import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SentStream } from '../../../firmware/calls/sent-stream.ts';
import type { RtpStream } from '../../../firmware/media/media-protocol.ts';
import type { MonotonicMs } from '../../../hal/clock.ts';

const at = (ms: number): MonotonicMs => ms as MonotonicMs;
const stream: RtpStream = { ssrc: 7, sequence: 65_500, timestamp: 0, packets: 0, octets: 0, cname: 'c', latched: null };
const later = (packets: number): RtpStream => ({ ...stream, sequence: (stream.sequence + packets) & 0xffff, timestamp: packets * 160 });

test('nothing is known before the first report', () => {
  assert.equal(new SentStream().at(at(5)), { stream: null, streamAgeMs: 0 });
});

test('a stream that is where it was expected is no news, over the end of its numbers too', () => {
  const sent = new SentStream();
  assert.ok(sent.reported(stream, at(0), 20, false));
  assert.not(sent.reported(later(50), at(1000), 20, false));
  assert.not(sent.reported(later(100), at(2000), 20, false));
  assert.equal(sent.at(at(2500)), { stream, streamAgeMs: 2500 }, 'the first report still tells');
});

test('a stream that stood still, or has another peer, is news', () => {
  const sent = new SentStream();
  sent.reported(stream, at(0), 20, false);
  assert.ok(sent.reported(later(40), at(1000), 20, false), '200 ms behind');
  assert.not(sent.reported(later(90), at(2000), 20, false), 'from there on as expected');
  assert.ok(sent.reported({ ...later(140), latched: { address: '10.0.0.9', port: 4000 } }, at(3000), 20, false));
});

test('a stream of which only some packets of silence went out is no news, until it is a thousand behind', () => {
  const sent = new SentStream();
  sent.reported(stream, at(0), 20, false);
  const thinned = (sec: number): RtpStream => ({ ...stream, sequence: (stream.sequence + 5 * sec) & 0xffff, timestamp: 8000 * sec });
  for (let sec = 1; sec <= 22; sec++) assert.not(sent.reported(thinned(sec), at(1000 * sec), 20, false), `${sec} s`);
  assert.ok(sent.reported(thinned(23), at(23_000), 20, false));
  const spoken = { ...thinned(23), sequence: (thinned(23).sequence + 50) & 0xffff, timestamp: 8000 * 24 };
  assert.not(sent.reported(spoken, at(24_000), 20, false), 'voice again');
  assert.ok(sent.reported({ ...spoken, sequence: (spoken.sequence + 56) & 0xffff, timestamp: 8000 * 25 }, at(25_000), 20, false), 'ahead');
});

test('before a move the newest report counts in any case', () => {
  const sent = new SentStream();
  sent.reported(stream, at(0), 20, false);
  assert.ok(sent.reported(later(50), at(1000), 20, true));
  assert.equal(sent.at(at(1010)), { stream: later(50), streamAgeMs: 10 });
});

test.run();

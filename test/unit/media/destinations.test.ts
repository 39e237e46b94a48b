import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Destinations } from '../../../firmware/media/destinations.ts';
import type { DatagramBatch, Endpoint } from '../../../hal/datagram.ts';

function watched(): { to: Destinations; now: Map<number, string> } {
  const now = new Map<number, string>();
  const direct = (slot: number, endpoint: Endpoint | null): void => void now.set(slot, endpoint === null ? 'nowhere' : `${endpoint.address}:${endpoint.port}`);
  return { now, to: new Destinations({ direct } as unknown as DatagramBatch, { rtp: 6, rtcp: 7 }) };
}

const sdp = { remote: { address: 'a', port: 10 }, remoteRtcp: null };

test('first what SDP says: RTP, and RTCP on the next port or where it is named', () => {
  const { to, now } = watched();
  assert.not(to.known);
  to.announce(sdp);
  assert.ok(to.known);
  assert.equal([...now], [[6, 'a:10'], [7, 'a:11']]);
  to.announce({ remote: { address: 'b', port: 20 }, remoteRtcp: { address: 'c', port: 99 } });
  assert.equal([...now], [[6, 'b:20'], [7, 'c:99']]);
});

test('then where packets come from; RTCP follows until it is heard itself', () => {
  const { to, now } = watched();
  to.announce(sdp);
  to.moved('n', 500);
  assert.equal([...now], [[6, 'n:500'], [7, 'n:501']]);
  to.rtcpFrom('n', 777);
  assert.is(now.get(7), 'n:777');
});

test('packets from the announced address leave an announced RTCP address alone', () => {
  const { to, now } = watched();
  to.announce({ ...sdp, remoteRtcp: { address: 'c', port: 99 } });
  to.moved('a', 10);
  assert.equal([...now], [[6, 'a:10'], [7, 'c:99']]);
});

test('the same SDP again changes nothing; none at all stops everything', () => {
  const { to, now } = watched();
  to.announce(sdp);
  to.moved('n', 500);
  to.announce({ ...sdp });
  assert.is(now.get(6), 'n:500');
  to.announce({ remote: null, remoteRtcp: null });
  assert.not(to.known);
  assert.equal([...now], [[6, 'nowhere'], [7, 'nowhere']]);
  to.announce(sdp);
  assert.is(now.get(6), 'a:10');
});

test.run();

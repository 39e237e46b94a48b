import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Reception } from '../../../firmware/media/reception.ts';
import { readRtcp, writeReport, type RtcpPacket } from '../../../firmware/media/rtcp.ts';
import { RtcpSession } from '../../../firmware/media/rtcp-session.ts';
import { RtpSender } from '../../../firmware/media/rtp-sender.ts';
import type { DatagramBatch } from '../../../hal/datagram.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const wallMs = Date.UTC(2026, 0, 5);

function sender(packets: number): RtpSender {
  const batch = { queue: () => undefined } as unknown as DatagramBatch;
  const made = new RtpSender(batch, 0);
  made.begin(new SimRandom(5));
  for (let n = 0; n < packets; n++) made.send(false, 0, n * 160, 160);
  return made;
}

function session(seed = 1): RtcpSession {
  const made = new RtcpSession(new SimRandom(seed), wallMs);
  made.begin(0);
  return made;
}

function report(one: RtcpSession, nowMs: number, from: RtpSender, reception = new Reception()): Extract<RtcpPacket, { kind: 'report' }> {
  const [packet] = readRtcp(one.packet, one.report(nowMs, nowMs, from, reception, false)) ?? [];
  if (packet?.kind !== 'report') throw new Error('no report');
  return packet;
}

test('reports come 2.5 to 7.5 s apart, the first after 1.25 to 3.75 s, at random', () => {
  const gaps = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    const one = session(seed);
    let at = 0;
    for (let n = 0; n < 5; n++) {
      const before = at;
      while (!one.due(at)) at += 10;
      const gap = at - before;
      if (n === 0) assert.ok(gap >= 1250 && gap <= 3760, `first ${gap}`);
      else {
        assert.ok(gap >= 2500 && gap <= 7510, `later ${gap}`);
        gaps.add(gap);
      }
      report(one, at, sender(0));
    }
  }
  assert.ok(gaps.size > 50);
});

test('who has sent since the last report sends SR, who has not sends RR', () => {
  const one = session();
  const from = sender(3);
  const first = report(one, 1000, from);
  assert.is(first.sender?.packets, 3);
  assert.is(first.sender?.octets, 480);
  assert.is(report(one, 6000, from).sender, null);
});

test('the NTP time is that of 1900, and the RTP timestamp belongs to it', () => {
  const one = session();
  const from = sender(1);
  from.timestamp = 8000;
  const [packet] = readRtcp(one.packet, one.report(1500, 1490, from, new Reception(), false)) ?? [];
  const info = packet?.kind === 'report' ? packet.sender : null;
  assert.is((info?.ntpSeconds ?? 0) >>> 0, wallMs / 1000 + 2_208_988_800 + 1);
  assert.is((info?.ntpFraction ?? 0) >>> 0, 2 ** 31);
  assert.is(info?.rtpTimestamp, 8000 + 80);
});

test('the block tells losses, highest number and the time since the last SR', () => {
  const one = session();
  const peer = new Uint8Array(64);
  one.receive(peer, writeReport(peer, 0, 77, { ntpSeconds: 0x11112222, ntpFraction: 0x33334444, rtpTimestamp: 0, packets: 1, octets: 1 }, null), 1000, 5);
  const reception = new Reception();
  reception.begin(77, 65_535);
  for (const sequence of [65_535, 0, 2, 3]) reception.arrive(sequence);
  const [block] = report(one, 3500, sender(1), reception).blocks;
  assert.equal(block, { ssrc: 77, fractionLost: Math.floor(256 / 5), cumulativeLost: 1, highestSequence: 65_539, jitter: 0, lastReport: 0x22223333, delay: 2.5 * 65_536 });
});

test('the round trip is what remains of LSR and DLSR', () => {
  const one = session();
  const from = sender(1);
  const sent = report(one, 10_000, from).sender;
  const lastReport = ((sent?.ntpSeconds ?? 0) << 16) | ((sent?.ntpFraction ?? 0) >>> 16);
  const peer = new Uint8Array(64);
  const block = { ssrc: from.ssrc, fractionLost: 0, cumulativeLost: 0, highestSequence: 0, jitter: 0, lastReport, delay: 2 * 65_536 };
  one.receive(peer, writeReport(peer, 0, 77, null, block), 12_080, from.ssrc);
  assert.ok(Math.abs((one.roundTripMs ?? NaN) - 80) < 0.1, String(one.roundTripMs));
});

test('blocks about others, without LSR, or from a broken clock measure nothing', () => {
  const one = session();
  const from = sender(1);
  report(one, 10_000, from);
  const peer = new Uint8Array(64);
  const block = { ssrc: from.ssrc, fractionLost: 0, cumulativeLost: 0, highestSequence: 0, jitter: 0, lastReport: 0, delay: 0 };
  for (const odd of [block, { ...block, ssrc: 1, lastReport: 5 }, { ...block, lastReport: 0x7fffffff }]) {
    one.receive(peer, writeReport(peer, 0, 77, null, odd), 10_050, from.ssrc);
    assert.is(one.roundTripMs, null);
  }
});

test('the last report says BYE; the CNAME is random and printable', () => {
  const text = (seed: number): string => {
    const one = session(seed);
    const length = one.report(0, 0, sender(0), new Reception(), true);
    assert.equal((readRtcp(one.packet, length) ?? []).map(({ kind }) => kind), ['report', 'bye']);
    return Buffer.from(one.packet.subarray(18, 18 + 24)).toString('latin1');
  };
  assert.match(text(1), /^[0-9a-f]{24}$/);
  assert.is.not(text(1), text(2));
});

test.run();

/** What control is told of a port's session. */
import type { Inbound } from './inbound.ts';
import type { MediaStats, RtpStream } from './media-protocol.ts';
import type { Outbound } from './outbound.ts';
import type { RtcpSession } from './rtcp-session.ts';

export function statsOf({ sender }: Outbound, { reception, late, foreign, unusable, jitterMs }: Inbound, { roundTripMs }: RtcpSession): MediaStats {
  return {
    packetsSent: sender.packets,
    packetsReceived: reception.received,
    packetsLost: reception.lost,
    packetsLate: late,
    packetsDuplicate: reception.duplicates,
    packetsForeign: foreign,
    packetsUnusable: unusable,
    jitterMs,
    roundTripMs,
  };
}

/** Of a session on a line alone. */
export const noRtp: MediaStats = {
  packetsSent: 0, packetsReceived: 0, packetsLost: 0, packetsLate: 0, packetsDuplicate: 0, packetsForeign: 0, packetsUnusable: 0, jitterMs: 0, roundTripMs: null,
};

/** A source that was heard often enough is the peer wherever the session goes on. */
export function streamOf({ sender }: Outbound, { latch }: Inbound, { cname }: RtcpSession): RtpStream {
  const { ssrc, sequence, timestamp, packets, octets } = sender;
  return { ssrc, sequence, timestamp, packets, octets, cname, latched: latch.pinned ? { address: latch.address, port: latch.port } : null };
}

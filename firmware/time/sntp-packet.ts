import type { WallMs } from '../../hal/clock.ts';

/** NTP version 4 packets of a client (RFC 5905, 7.3; RFC 4330 for clients that keep no filter). */
const ntpBytes = 48;
/** From the era of NTP (1900) to that of Unix, in seconds. */
const eraSec = 2_208_988_800;
/** Timestamps have 32 bits of seconds; those with the top bit clear are of the next era, from 2036 on (RFC 4330, 3). */
const eraLengthSec = 2 ** 32;
const client = 0x23; // version 4, mode 3

/** What a server answered: times by its clock, in milliseconds since 1970. */
export interface NtpAnswer {
  readonly receivedMs: WallMs;
  readonly sentMs: WallMs;
}

/** `nonce`: 8 random bytes in place of our time, which nobody needs to know; the answer must repeat it. */
export function ntpQuestion(nonce: Uint8Array): Uint8Array {
  const packet = Buffer.alloc(ntpBytes);
  packet[0] = client;
  packet.set(nonce, 40);
  return packet;
}

/** null: not an answer to that question, or from a server that does not know the time itself. */
export function ntpAnswer(bytes: Uint8Array, nonce: Uint8Array): NtpAnswer | null {
  if (bytes.length < ntpBytes) return null;
  const packet = Buffer.from(bytes.buffer, bytes.byteOffset, ntpBytes);
  const [leap, version, mode, stratum] = [packet[0]! >> 6, (packet[0]! >> 3) & 7, packet[0]! & 7, packet[1]!];
  if (mode !== 4 || version < 1 || version > 4 || leap === 3 || stratum < 1 || stratum > 15) return null;
  if (!packet.subarray(24, 32).equals(nonce) || packet.readUInt32BE(40) === 0) return null;
  // Root delay / 2 + root dispersion: RFC 5905 calls a server with more than 1.5 s unfit (MAXDIST).
  if (packet.readUInt32BE(4) / 65536 / 2 + packet.readUInt32BE(8) / 65536 > 1.5) return null;
  return { receivedMs: timestamp(packet, 32), sentMs: timestamp(packet, 40) };
}

function timestamp(packet: Buffer, at: number): WallMs {
  const seconds = packet.readUInt32BE(at);
  const era = seconds < eraLengthSec / 2 ? eraLengthSec : 0;
  return ((seconds + era - eraSec) * 1000 + (packet.readUInt32BE(at + 4) / 2 ** 32) * 1000) as WallMs;
}

import { samplesPerMs } from './audio-format.ts';
import type { RtpStream } from './media-protocol.ts';

/**
 * The stream as it would be `elapsedMs` after it was reported, had it been sent without a pause: where another unit goes on with it.
 * Rounded up to the next packet, so that no number comes twice. The counts stay: what the dead unit sent meanwhile nobody knows.
 */
export function movedOn(stream: RtpStream, elapsedMs: number, ptimeMs: number): RtpStream {
  const packets = Math.ceil(Math.max(0, elapsedMs) / ptimeMs);
  return { ...stream, sequence: (stream.sequence + packets) & 0xffff, timestamp: (stream.timestamp + packets * ptimeMs * samplesPerMs) | 0 };
}

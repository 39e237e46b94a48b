import type { MonotonicMs } from '../../hal/clock.ts';
import type { RtpStream } from '../media/media-protocol.ts';
import { samplesPerMs } from '../media/audio-format.ts';
import { movedOn } from '../media/moved-on.ts';

/** A stream whose time is this far from where it was expected is news, and one whose numbers are so far ahead: what is told of it would no longer be right. */
const driftPackets = 5;
/**
 * Its numbers may fall behind: silence is sent seldom (`rtp.silentPacketMs`), and who goes on with it only leaves some out. So few that no
 * receiver takes it for another stream (RFC 3550 A.1, MAX_DROPOUT).
 */
const behindPackets = 1000;

/** How far a port's sent stream is, as the media thread said last: told on only when it is not where that would have it by now. */
export class SentStream {
  #told: { readonly stream: RtpStream; readonly atMs: MonotonicMs } | null = null;

  /** Whether it is another than was expected. `always`: it is to count in any case. */
  reported(stream: RtpStream, nowMs: MonotonicMs, ptimeMs: number, always: boolean): boolean {
    if (!always && this.#told !== null && !this.#differs(this.#told, stream, nowMs, ptimeMs)) return false;
    this.#told = { stream, atMs: nowMs };
    return true;
  }

  /** For a record. */
  at(nowMs: MonotonicMs): { readonly stream: RtpStream | null; readonly streamAgeMs: number } {
    return this.#told === null ? { stream: null, streamAgeMs: 0 } : { stream: this.#told.stream, streamAgeMs: Math.round(nowMs - this.#told.atMs) };
  }

  #differs({ stream, atMs }: { readonly stream: RtpStream; readonly atMs: MonotonicMs }, now: RtpStream, nowMs: MonotonicMs, ptimeMs: number): boolean {
    const expected = movedOn(stream, nowMs - atMs, ptimeMs);
    const ahead = ((now.sequence - expected.sequence + 0x18000) & 0xffff) - 0x8000;
    const late = Math.abs((now.timestamp - expected.timestamp) | 0) / (ptimeMs * samplesPerMs);
    return ahead > driftPackets || ahead < -behindPackets || late > driftPackets || now.ssrc !== stream.ssrc || JSON.stringify(now.latched) !== JSON.stringify(stream.latched);
  }
}

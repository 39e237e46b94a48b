/** Which way a session's audio goes: RTP, a line, or both joined. What plays, records and presses keys is the same on each (`port-session.ts`). */
import type { Joint } from './joint.ts';
import type { CodecName, MediaSettings, MediaStats, RtpStream } from './media-protocol.ts';
import type { Player } from './player.ts';
import type { Recorder } from './recorder.ts';

/** The session, as its way sees it. */
export interface SessionEnd {
  readonly player: Player;
  readonly recorder: Recorder;
  /** Somebody takes in what is heard; if not, `heard` need not be called. */
  listens(): boolean;
  /** The next 20 ms of what is heard. */
  heard(frame: Uint8Array): void;
  digit(digit: string, durationMs: number, source: 'rfc4733' | 'in-band'): void;
  /** For now nothing is received. */
  interrupted(): void;
  /** No RTP for so long, though some is expected. */
  quiet(silentMs: number): void;
}

export interface SessionWay {
  /** Of the frames that are heard. */
  readonly codec: CodecName;
  /** Frames or packets of this session without audio. */
  readonly missing: number;
  /** What was received and not heard yet, 20 ms into frame[0..160) at a time; false = that was all. */
  drain(frame: Uint8Array): boolean;
  update(settings: MediaSettings, nowMs: number): void;
  /** What is heard goes to `heard` too, and `spoken` is sent where nothing plays; null = no more. */
  join(heard: Joint | null, spoken: Joint | null): void;
  sendDigits(digits: string, toneMs: number, gapMs: number): void;
  /** null = the session sends no RTP. */
  stream(): RtpStream | null;
  stats(): MediaStats;
}

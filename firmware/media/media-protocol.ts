/**
 * What the control thread and the media thread say to each other. All data, structured-cloneable.
 *
 *   control ── MediaCommand ──> media        media ── MediaEvent ──> control
 *
 * A port is a slot 0..ports-1 that exists from boot with its RTP and RTCP sockets. `session` is chosen by control for each call on a
 * port, ever rising; events carry it back, and commands for another session than the running one are ignored, so that late
 * messages of an ended call harm nobody. Times are milliseconds of audio (8 samples each) unless said otherwise.
 */
import type { LogFacts, Severity } from '../log.ts';

export type CodecName = 'PCMU' | 'PCMA';

export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One side's view, after offer/answer. Direction is ours: `sendonly` = we send, the peer listens (it put us on hold: `inactive`/`sendonly`). */
export interface MediaSettings {
  /** null: nothing is sent until a packet arrives (comedia) or an update names it. */
  readonly remote: { readonly address: string; readonly port: number } | null;
  /** null: rtp port + 1. */
  readonly remoteRtcp: { readonly address: string; readonly port: number } | null;
  readonly codec: CodecName;
  /** Payload type to send and expect for `codec`: 0 PCMU, 8 PCMA, or dynamic. */
  readonly payloadType: number;
  /** Payload type of telephone-event, null when the peer has none: then in-band DTMF is listened for. */
  readonly eventPayloadType: number | null;
  readonly direction: MediaDirection;
  /** Packet time we send with: 10 to 60 in steps of 10. Any is accepted inbound. */
  readonly ptimeMs: number;
}

/** What a port can play, in order, without a gap. */
export type PlayItem =
  /** A prompt of the bank by id (language/id, for example 'en/greeting.default'). An unknown id is skipped and reported. */
  | { readonly kind: 'prompt'; readonly id: string }
  | { readonly kind: 'tone'; readonly hz: number; readonly ms: number; readonly levelDbm0: number }
  | { readonly kind: 'silence'; readonly ms: number }
  /** Stored audio that control supplies block by block, on `want` events. Position 0 = first sample; 8 bytes a millisecond. */
  | { readonly kind: 'stream'; readonly stream: number; readonly codec: CodecName; readonly bytes: number };

export type MediaCommand =
  | { readonly type: 'start'; readonly port: number; readonly session: number; readonly settings: MediaSettings }
  | { readonly type: 'update'; readonly port: number; readonly session: number; readonly settings: MediaSettings }
  /** Replaces what plays. `play` is chosen by control, ever rising per session. `stopOnDigit`: the first digit ends it (reason 'digit'). */
  | { readonly type: 'play'; readonly port: number; readonly session: number; readonly play: number; readonly items: readonly PlayItem[]; readonly stopOnDigit: boolean }
  | { readonly type: 'stop-play'; readonly port: number; readonly session: number }
  /** Moves within the running 'stream' item, clamped to its ends; past the end = the item ends. */
  | { readonly type: 'seek'; readonly port: number; readonly session: number; readonly deltaMs: number }
  | { readonly type: 'pause'; readonly port: number; readonly session: number; readonly paused: boolean }
  /** A block for a stream, at most 16,384 bytes, answering a `want`. An empty block = the stream ends here (damaged rest). */
  | { readonly type: 'block'; readonly port: number; readonly session: number; readonly play: number; readonly stream: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'record'; readonly port: number; readonly session: number; readonly record: RecordSettings }
  | { readonly type: 'stop-record'; readonly port: number; readonly session: number }
  /** A key that signalling told of (SIP INFO): it stops what a heard one stops. No `digit` event follows. */
  | { readonly type: 'key'; readonly port: number; readonly session: number; readonly digit: string }
  /** RFC 4733 events when the peer has them, in-band tones otherwise. '0'-'9', '*', '#', 'A'-'D'; at most 64. */
  | { readonly type: 'send-digits'; readonly port: number; readonly session: number; readonly digits: string; readonly toneMs: number; readonly gapMs: number }
  /** Ends the session: recorder flushed (its last chunk and `record-ended` come first), RTCP BYE sent, then `stopped`. */
  | { readonly type: 'stop'; readonly port: number; readonly session: number }
  | { readonly type: 'shut-down' };

export interface RecordSettings {
  /** Chosen by control, ever rising per session. */
  readonly record: number;
  readonly maxMs: number;
  /** Stop after this much silence (0 = never). */
  readonly silenceMs: number;
  /** Below this level (dBm0, e.g. -42) a frame counts as silent. */
  readonly silenceDbm0: number;
  /** A digit out of this set ends the recording (reason 'digit'); other digits are reported and recorded on. */
  readonly stopDigits: string;
  /** Chunks of at most this much audio are handed over (500 to 1000). */
  readonly chunkMs: number;
}

export type MediaEvent =
  /** Once, after boot: the RTP port of each port slot (RTCP = +1). */
  | { readonly type: 'ready'; readonly rtpPorts: readonly number[]; readonly prompts: readonly string[] }
  | { readonly type: 'digit'; readonly port: number; readonly session: number; readonly digit: string; readonly durationMs: number; readonly source: 'rfc4733' | 'in-band' }
  | { readonly type: 'play-ended'; readonly port: number; readonly session: number; readonly play: number; readonly reason: 'done' | 'stopped' | 'digit' | 'replaced'; readonly missingPrompts: readonly string[] }
  /** Please supply `bytes` bytes of the stream from `offset` (a `block` command). At most two are outstanding per port. */
  | { readonly type: 'want'; readonly port: number; readonly session: number; readonly play: number; readonly stream: number; readonly offset: number; readonly bytes: number }
  /** Recorded audio: payload bytes as received (in the session's codec; `codec` says which), gaps concealed. `sequence` counts from 0. */
  | { readonly type: 'chunk'; readonly port: number; readonly session: number; readonly record: number; readonly sequence: number; readonly codec: CodecName; readonly bytes: Uint8Array; readonly lostPackets: number }
  | { readonly type: 'record-ended'; readonly port: number; readonly session: number; readonly record: number; readonly reason: 'silence' | 'max' | 'digit' | 'stopped'; readonly recordedMs: number; readonly trailingSilenceMs: number; readonly lostPackets: number; readonly digit: string | null }
  /** No RTP for `silentMs` while some was expected (not on hold). Repeated every further 30 s. */
  | { readonly type: 'rtp-timeout'; readonly port: number; readonly session: number; readonly silentMs: number }
  | { readonly type: 'stopped'; readonly port: number; readonly session: number; readonly stats: MediaStats }
  /** A line for the unit's log. */
  | { readonly type: 'log'; readonly severity: Severity; readonly event: string; readonly text: string; readonly facts: LogFacts }
  /** Every 5 s: health of the media thread. */
  | { readonly type: 'health'; readonly activeSessions: number; readonly lateTicks: number; readonly skippedTicks: number; readonly worstLateMs: number; readonly sendFailures: number; readonly strayPackets: number };

/** Counters of one session (RFC 3550 names where it has them). */
export interface MediaStats {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly packetsLate: number;
  readonly packetsDuplicate: number;
  /** From other sources than the pinned one. */
  readonly packetsForeign: number;
  /** No RTP, or of a payload type nobody agreed on. */
  readonly packetsUnusable?: number;
  /** Interarrival jitter, milliseconds (RFC 3550 section 6.4.1). */
  readonly jitterMs: number;
  /** Round trip by RTCP LSR/DLSR, milliseconds; null = never measured. */
  readonly roundTripMs: number | null;
}

/**
 * What the control thread and the media thread say to each other. All data, structured-cloneable.
 *
 *   control ── MediaCommand ──> media        media ── MediaThreadEvent ──> whole-events.ts ── MediaEvent ──> control
 *
 * A port is a slot 0..ports-1 that exists from boot with its RTP and RTCP sockets. `session` is chosen by control for each call on a
 * port, ever rising; events carry it back, and commands for another session than the running one are ignored, so that late
 * messages of an ended call harm nobody. Times are milliseconds of audio (8 samples each) unless said otherwise.
 *
 * Octets in an event or a command are the receiver's, for as long as it likes. Only recorded audio on its way lies in memory of both threads
 * (`chunk-places.ts`): there it is control's until the first that control does with the event, which is to copy it, and media's again thereafter.
 */
import type { CallerId, LineCapabilities, LineEvent, LineKind, LineTone } from '../../hal/line.ts';
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
  | { readonly kind: 'tone'; readonly hz: number; /** Of a second sine, as loud; left out or 0: none. */ readonly second?: number; readonly ms: number; readonly levelDbm0: number }
  | { readonly kind: 'silence'; readonly ms: number }
  /** Stored audio that control supplies block by block, on `want` events. Position 0 = first sample; 8 bytes a millisecond. */
  | { readonly kind: 'stream'; readonly stream: number; readonly codec: CodecName; readonly bytes: number };

/** The stream that a port sends, for another unit to go on with. All that RFC 3550 ties to one SSRC. */
export interface RtpStream {
  /** Signed 32-bit, as is `timestamp`. */
  readonly ssrc: number;
  /** Of the next packet. */
  readonly sequence: number;
  readonly timestamp: number;
  /** Sent so far: what a sender report would count now. */
  readonly packets: number;
  readonly octets: number;
  readonly cname: string;
  /** Where our packets go, when the peer's own packets told; null = where SDP says. */
  readonly latched: { readonly address: string; readonly port: number } | null;
}

/** How a caller's number comes on the line's own audio; where the device finds it, or nobody sends it, 'none'. */
export type CallerIdVariant = 'none' | 'bell' | 'v23' | 'dtmf';

/** A line that the media thread opens when it starts, and again whenever it was lost. */
export interface LineSettings {
  /** For logs. */
  readonly name: string;
  readonly kind: LineKind;
  /** Driver and place: board and configuration name them. */
  readonly driver: string;
  readonly place: string;
  /** Tone zone, by country: 'us', 'uk', 'de'. */
  readonly zone: string;
  readonly callerId: CallerIdVariant;
  /** 0 = no echo canceller. */
  readonly echoTailMs: number;
  /** Of what is heard and sent, -12 to +12 dB. */
  readonly heardDb: number;
  readonly sentDb: number;
  /** A trunk that is off-hook and silent for so long is told of by `line-silent`; 0 = never. */
  readonly silenceMs: number;
  /** What the driver alone understands. */
  readonly options: Readonly<Record<string, string>>;
}

/** What a line is to do, beside `LineControl` of the hal. Lines are numbered as the configuration lists them. */
export type LineCommand =
  | { readonly type: 'seize' }
  | { readonly type: 'release' }
  | { readonly type: 'dial'; readonly digits: string; readonly how: 'tone' | 'pulse' }
  | { readonly type: 'flash' }
  | { readonly type: 'ring'; readonly cadenceMs: readonly number[]; readonly callerId: CallerId | null }
  | { readonly type: 'stop-ringing' }
  /** Lit or not, in the way the line has: the device's own, or FSK (ETS 300 778-1) sent as soon as the line is on-hook. */
  | { readonly type: 'lamp'; readonly lit: boolean }
  /** Plays until another, null, or the start of a session. 'stutter': the dial tone that tells of messages. */
  | { readonly type: 'tone'; readonly tone: LineTone | 'stutter' | 'howler' | null }
  /** The device is closed and opened anew: `line-lost` and `line-open` follow. */
  | { readonly type: 'reset' }
  /** For a technician, on a line without a session: `line-test` follows. */
  | { readonly type: 'test'; readonly test: LineTest };

/** tone: 1004 Hz at 0 dBm0 is sent for `ms`. level: what is heard for `ms`. loop: a tone is sent and looked for in what is heard. */
export type LineTest = { readonly kind: 'tone' | 'level' | 'loop'; readonly ms: number };

export type LineTestResult =
  | { readonly kind: 'tone'; readonly sentMs: number }
  | { readonly kind: 'level'; readonly averageDbm0: number; readonly peakDbm0: number }
  /** `delayMs`, `lossDb`: of what came back; null = nothing did. */
  | { readonly kind: 'loop'; readonly delayMs: number | null; readonly lossDb: number | null };

export type MediaCommand =
  /** As `start`, and the session's audio is this line, whose law is its codec. `bridge`: RTP as agreed, and it and the line are joined: each hears the other, by the line's clock; digits cross too, and what plays is heard on the line alone. null: RTP is not used. A line that is not open, or is lost, ends the session: `stopped`. */
  | { readonly type: 'start-line'; readonly port: number; readonly session: number; readonly line: number; readonly bridge: MediaSettings | null }
  | { readonly type: 'line'; readonly line: number; readonly command: LineCommand }
  /** `shared`: its audio is at the address of the pair, and sent only while that is held. `resume`: another unit's stream goes on (`movedOn`). */
  | { readonly type: 'start'; readonly port: number; readonly session: number; readonly settings: MediaSettings; readonly shared?: boolean; readonly resume?: RtpStream | null }
  /** Asks for a `report`. */
  | { readonly type: 'report'; readonly port: number; readonly session: number }
  /** Whether the unit has the address of the pair now. */
  | { readonly type: 'share'; readonly held: boolean }
  | { readonly type: 'update'; readonly port: number; readonly session: number; readonly settings: MediaSettings }
  /** Replaces what plays. `play` is chosen by control, ever rising per session. `stopOnDigit`: the first digit ends it (reason 'digit'). `then`: recording begins where the play ends with reason 'done', after its `play-ended` and without waiting for control, which may be late. One that never begins (the play ends otherwise, or another order comes first) ends as others do: `record-ended`, of 0 ms. */
  | { readonly type: 'play'; readonly port: number; readonly session: number; readonly play: number; readonly items: readonly PlayItem[]; readonly stopOnDigit: boolean; readonly then?: RecordSettings }
  | { readonly type: 'stop-play'; readonly port: number; readonly session: number }
  /** Moves within the running 'stream' item, clamped to its ends; past the end = the item ends. */
  | { readonly type: 'seek'; readonly port: number; readonly session: number; readonly deltaMs: number }
  | { readonly type: 'pause'; readonly port: number; readonly session: number; readonly paused: boolean }
  /** How fast 'stream' items play from now on, 50 to 200 percent, at the same pitch; 100 as at the start of a session. */
  | { readonly type: 'speed'; readonly port: number; readonly session: number; readonly percent: number }
  /** A block for a stream, at most 16,384 bytes, answering a `want`. An empty block = the stream ends here (damaged rest). */
  | { readonly type: 'block'; readonly port: number; readonly session: number; readonly play: number; readonly stream: number; readonly offset: number; readonly bytes: Uint8Array }
  /** From now on. Where something is played right before, it is `then` of that play. */
  | { readonly type: 'record'; readonly port: number; readonly session: number; readonly record: RecordSettings }
  | { readonly type: 'stop-record'; readonly port: number; readonly session: number }
  /** The recorder hands over what it has gathered, and goes on. */
  | { readonly type: 'hand-over'; readonly port: number; readonly session: number }
  /** A key that signalling told of (SIP INFO): it stops what a heard one stops. No `digit` event follows. */
  | { readonly type: 'key'; readonly port: number; readonly session: number; readonly digit: string }
  /** This session and that of another port hear each other, in either's law, whatever each is made of; what plays on one is heard there instead. Keys that come as events cross as such. The end of one parts them. Not for a half-duplex line, nor one with a `bridge`. */
  | { readonly type: 'join'; readonly port: number; readonly session: number; readonly with: { readonly port: number; readonly session: number } }
  /** Whether the session's audio is searched for the calling tone of a fax: `fax-tone` follows after each. Off when a session starts: the search is about an eighth of all that a received frame costs. */
  | { readonly type: 'listen-for-fax'; readonly port: number; readonly session: number; readonly on: boolean }
  /** RFC 4733 events when the peer has them, in-band tones otherwise. '0'-'9', '*', '#', 'A'-'D'; at most 64. */
  | { readonly type: 'send-digits'; readonly port: number; readonly session: number; readonly digits: string; readonly toneMs: number; readonly gapMs: number }
  /** Ends the session: recorder flushed (its last chunk and `record-ended` come first), RTCP BYE sent, then `stopped`. `quietly`: no BYE, another unit goes on with the stream. */
  | { readonly type: 'stop'; readonly port: number; readonly session: number; readonly quietly?: boolean }
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
  /** A fax machine calls (CNG): told after each whole tone, where `listen-for-fax` is on. */
  | { readonly type: 'fax-tone'; readonly port: number; readonly session: number }
  | { readonly type: 'play-ended'; readonly port: number; readonly session: number; readonly play: number; readonly reason: 'done' | 'stopped' | 'digit' | 'replaced'; readonly missingPrompts: readonly string[] }
  /** Please supply `bytes` bytes of the stream from `offset` (a `block` command). At most two are outstanding per port. `spare`: a block that has been played, for them to lie in; null = there is none. */
  | { readonly type: 'want'; readonly port: number; readonly session: number; readonly play: number; readonly stream: number; readonly offset: number; readonly bytes: number; readonly spare: Uint8Array | null }
  /** Recorded audio: payload bytes as received (in the session's codec; `codec` says which), gaps concealed. `sequence` counts from 0. */
  | { readonly type: 'chunk'; readonly port: number; readonly session: number; readonly record: number; readonly sequence: number; readonly codec: CodecName; readonly bytes: Uint8Array; readonly lostPackets: number }
  | { readonly type: 'record-ended'; readonly port: number; readonly session: number; readonly record: number; readonly reason: 'silence' | 'max' | 'digit' | 'stopped'; readonly recordedMs: number; readonly trailingSilenceMs: number; readonly lostPackets: number; readonly digit: string | null }
  /** No RTP for `silentMs` while some was expected (not on hold). Repeated every further 30 s. */
  | { readonly type: 'rtp-timeout'; readonly port: number; readonly session: number; readonly silentMs: number }
  /** How far the sent stream is at this moment. */
  | { readonly type: 'report'; readonly port: number; readonly session: number; readonly stream: RtpStream }
  | { readonly type: 'stopped'; readonly port: number; readonly session: number; readonly stats: MediaStats }
  /** A line is open (after the start, or again after it was lost). */
  | { readonly type: 'line-open'; readonly line: number; readonly capabilities: LineCapabilities }
  /** It cannot be opened, or is gone; it is tried again. `text` is a sentence for the log. */
  | { readonly type: 'line-lost'; readonly line: number; readonly text: string }
  /** What the device tells, and what the media thread finds in the line's audio. While a session runs on the line, digits are told as its `digit` alone ('in-band'). */
  | { readonly type: 'line'; readonly line: number; readonly event: LineEvent }
  /** Off-hook, nothing has been heard on it for so long (`LineSettings.silenceMs`); told again each time that has passed again, with the whole time. */
  | { readonly type: 'line-silent'; readonly line: number; readonly silentMs: number }
  | { readonly type: 'line-test'; readonly line: number; readonly result: LineTestResult }
  /** A line for the unit's log. */
  | { readonly type: 'log'; readonly severity: Severity; readonly event: string; readonly text: string; readonly facts: LogFacts }
  /** Every 5 s: health of the media thread. Counters run since the start (of lines: samples); `worstLateMs` and `worstLagMs` (how late its loop came to its work) are those of the 5 s. */
  | { readonly type: 'health'; readonly worstLagMs: number; readonly activeSessions: number; readonly lateTicks: number; readonly skippedTicks: number; readonly worstLateMs: number; readonly sendFailures: number; readonly strayPackets: number; readonly lineUnderruns?: number; readonly lineOverruns?: number };

/** A chunk that lies in a place; what else `chunk` says of it lies there too. */
export interface PlacedChunk {
  readonly type: 'placed-chunk';
  readonly place: number;
}

/** What crosses between the threads. Whoever takes it makes `MediaEvent`s of it at once (`wholeEvents`), and in order. */
export type MediaThreadEvent =
  | MediaEvent
  | PlacedChunk
  /** Once, before `ready`: where the places are. Who holds on to it can read what was given there, even when the thread is gone. */
  | { readonly type: 'chunk-places'; readonly memory: SharedArrayBuffer };

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
  /** Of a session that joined RTP and a line, or was joined to another session, milliseconds of audio: left out, and given twice or made up, to fit what came to the clock by which it is sent. */
  readonly playoutDroppedMs?: number;
  readonly playoutRepeatedMs?: number;
  /** What waited for the line at the end, and the most that ever did. */
  readonly playoutDelayMs?: number;
  readonly playoutMostDelayMs?: number;
  /** Of a session on a line: samples that were not there in time for it, and that were not taken from it in time. */
  readonly lineUnderruns?: number;
  readonly lineOverruns?: number;
}

/** The octets in a message that its sender has no more use for: they go over uncopied. */
export function movedBy(message: MediaCommand | MediaThreadEvent): Uint8Array | undefined {
  if (message.type === 'want') return message.spare ?? undefined;
  return message.type === 'block' || message.type === 'chunk' ? message.bytes : undefined;
}

/**
 * Analog lines. Named by what is plugged in: a trunk port takes a line of the exchange (FXO), a phone port a telephone (FXS). Control,
 * audio and set-up are three interfaces, because three parts of the runtime hold them.
 *
 *   LineControl ── acts ──> line ── LineEvent ──> line machine          LineAudio: 20 ms in, 20 ms out, by the line's own clock
 *
 * Audio is G.711, 8 kHz, frames of 160 samples. The line's crystal is the clock: whoever sends to it or records from it goes by the
 * frames it gives, never by a timer, and every event carries the line's sample count, so that what happened can be laid beside what was
 * heard. A driver turns vendor codes into these words once, at the edge.
 */
import type { HalError } from './errors.ts';

export const lineFrameSamples = 160;
/** A driver never holds more than this of what is to be sent. */
export const lineQueueSamples = 320;

export type LineKind = 'trunk' | 'phone';

export type LineLaw = 'PCMU' | 'PCMA';

/** Of a calling party, as the line gives or is to give it. */
export interface CallerId {
  /** '' = not given. */
  readonly number: string;
  readonly name: string;
  /** Why there is no number: it is withheld ('P'), or not known here ('O'). */
  readonly absent: 'private' | 'out-of-area' | null;
}

export interface LineCapabilities {
  readonly kind: LineKind;
  /** Of the frames, both ways. */
  readonly law: LineLaw;
  /** 'half': it sends while frames are written and hears while none are; in between it hears silence. */
  readonly duplex: 'full' | 'half';
  /** Who finds the caller's number: the device, the runtime in on-hook audio, or nobody. */
  readonly callerId: 'device' | 'audio' | 'none';
  /** Who finds DTMF: `digit` events come from the device, or the runtime listens. */
  readonly digits: 'device' | 'audio';
  /** Who finds call progress tones. */
  readonly tones: 'device' | 'audio';
  /** How the device shows that the far end has gone; where none does, tones and silence must. */
  readonly disconnect: readonly ('loop' | 'polarity' | 'battery' | 'report')[];
  /** Frames come while the line is on-hook too. */
  readonly onHookAudio: boolean;
  readonly flash: boolean;
  readonly pulse: boolean;
  /** How a phone port shows that messages wait. 'fsk': the runtime sends it as on-hook audio. */
  readonly lamp: 'neon' | 'fsk' | 'none';
  /** Echo is cancelled below us, once set up. */
  readonly cancelsEcho: boolean;
  /** From writing a frame until it is on the wire, milliseconds, at the most. */
  readonly latencyMs: number;
}

/** Acts on the line. None throws or waits; what becomes of each is told by an event, after the call has returned. What means nothing in the line's state is ignored. */
export interface LineControl {
  /** Trunk: off-hook, on a ringing line to answer, on an idle one to seize. `off-hook` follows. */
  seize(): void;
  /** Trunk: on-hook; `on-hook` follows. Phone: the far end has gone, shown as the port can (battery drop); the telephone is still lifted until it is put down. */
  release(): void;
  /** Trunk, off-hook: '0'-'9', '*', '#', 'A'-'D', and ',' for half a second's pause; at most 64. `dialled` follows. */
  dial(digits: string, how: 'tone' | 'pulse'): void;
  /** Trunk: the loop is opened for the time of a hook flash. */
  flash(): void;
  /** Phone: rings until `stopRinging` or the telephone is lifted. `cadenceMs`: on, off, on, off ... from the start again. The number is sent after the first ring. */
  ring(cadenceMs: readonly number[], callerId: CallerId | null): void;
  stopRinging(): void;
  /** Phone: the lamp, where the device lights it. */
  lamp(lit: boolean): void;
  /** Phone: the far end has answered or gone, where reversal is used to show it. */
  polarity(reversed: boolean): void;
}

export interface LineAudio {
  /** Each 160 samples of the line, in order. `frame` is valid only during the call; `sample` counts its first. */
  heard: ((frame: Uint8Array, sample: number) => void) | null;
  /** Queues a copy of 160 bytes. False = `lineQueueSamples` are waiting: nothing was taken, and what is late is dropped, not piled up. */
  write(frame: Uint8Array): boolean;
  /** Samples that wait to be sent. */
  readonly queued: number;
  /** What waits is not sent. */
  flush(): void;
}

/** Set-up, for whoever installs or tests the line; takes effect at once and lasts until it is closed. */
export interface LineSetup {
  /** 0 = off. Errors: unsupported. */
  echo(tailMs: number): void;
  /** Amplification of what is heard and sent, -12 to +12 dB. Errors: unsupported. */
  gain(heardDb: number, sentDb: number): void;
}

export type LineTone = 'dial' | 'busy' | 'congestion' | 'ringback' | 'fax' | 'special-information';

export type LineHappening =
  /** Trunk: a burst of ringing begins, ends. */
  | { readonly type: 'ring-started' }
  | { readonly type: 'ring-stopped' }
  /** Found by the device. */
  | { readonly type: 'caller-id'; readonly callerId: CallerId }
  /** Phone: lifted. Trunk: `seize` is done. */
  | { readonly type: 'off-hook' }
  /** Phone: put down. Trunk: `release` is done, and the line can be seized again. */
  | { readonly type: 'on-hook' }
  /** Phone: the hook was pressed for a moment. */
  | { readonly type: 'flash' }
  | { readonly type: 'digit'; readonly digit: string; readonly via: 'dtmf' | 'pulse' }
  | { readonly type: 'dialled' }
  | { readonly type: 'polarity'; readonly reversed: boolean }
  /** Trunk: the far end has gone, shown by the loop, the polarity or the device's own word. */
  | { readonly type: 'disconnect'; readonly by: 'loop' | 'polarity' | 'battery' | 'report' }
  /** Found by the device. null: silence. */
  | { readonly type: 'tone'; readonly tone: LineTone | null }
  /** Samples that were not there in time for the line, or that nobody took from it. */
  | { readonly type: 'underrun'; readonly samples: number }
  | { readonly type: 'overrun'; readonly samples: number }
  /** The line cannot be used: no battery, no answer of the device. `clear`: it can again. */
  | { readonly type: 'alarm'; readonly text: string }
  | { readonly type: 'clear' };

export type LineEvent = { readonly sample: number } & LineHappening;

/** An open line, single use: `close` ends it for good, on-hook. */
export interface Line {
  readonly capabilities: LineCapabilities;
  readonly control: LineControl;
  readonly audio: LineAudio;
  readonly setup: LineSetup;
  /** Never called from inside a call of this line. */
  happened: ((event: LineEvent) => void) | null;
  /** The device is gone for good (unplugged, driver removed): open anew. Nothing is called after it. Not called for `close`. */
  lost: ((error: HalError) => void) | null;
  close(): Promise<void>;
}

export interface LineRequest {
  /** For logs. */
  readonly name: string;
  readonly kind: LineKind;
  /** What the driver knows it by: a channel number, a device path. Only board and configuration files know such things. */
  readonly place: string;
  /** Tone zone, by ISO 3166 country code as lower-case letters: 'us', 'uk', 'de'. */
  readonly zone: string;
  /** What the driver alone understands: a modem's profile. */
  readonly options: Readonly<Record<string, string>>;
}

/** One kind of line card. Runs in the media thread. */
export interface LineDriver {
  /** For people: 'dahdi', 'v253', 'sim'. */
  readonly name: string;
  /** Errors: not-found, busy, permission-denied, unsupported (no such driver in the kernel, wrong kind of port, no voice modem), timed-out (the device does not answer), io. */
  open(request: LineRequest): Promise<Line>;
}

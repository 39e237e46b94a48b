import type { Clock, Timer } from '../../clock.ts';
import { silenceCode } from '../../g711.ts';
import { type LineAudio, lineFrameSamples, lineQueueSamples } from '../../line.ts';
import { shield } from './dle-codec.ts';
import type { SampleFormat } from './sample-format.ts';
import type { AudioMode } from './v253-state.ts';

/** What the audio needs of the line around it. None is called from inside a call of `LineAudio`. */
export interface AudioParts {
  readonly clock: Clock;
  readonly format: SampleFormat;
  readonly duplex: 'full' | 'half';
  /** Bytes to the modem; false = it takes no more now. */
  write(bytes: Uint8Array): boolean;
  framesWaiting(): void;
  framesRanOut(): void;
  /** `samples` that were not there in time for the modem. */
  underrun(samples: number): void;
  stalled(): void;
}

/** Sent ahead of the modem's clock, so that it does not run dry between our writes. */
export const leadFrames = 2;
const frameMs = 20;
/** Added to it in one voice state, a frame at a time, when the modem runs dry all the same: delay that stays. */
const mostSpareFrames = 3;
/** Half duplex: frames of silence after the last one written, before the modem is turned to hear again. */
const turnFrames = 5;
/** A gap of fewer frames between two that were written was a late frame; a longer one was the end of what was said. */
const lateFrames = 5;
/** A modem that leaves out silence sends nothing then: after so long the clock goes on in its place. */
const fillAfterMs = 250;
/** Nothing came, or nothing was taken, for so long: the modem is dead. */
const stallMs = { hears: 10_000, sends: 1000 } as const;

/**
 * Frames both ways, and the line's sample count. What the modem sends is the clock where it sends; else the injected clock is, and it
 * stands still while the modem is turned and both frames of the queue wait: who sends goes by the frames heard, so nothing is lost.
 */
export class ModemAudio implements LineAudio {
  heard: ((frame: Uint8Array, sample: number) => void) | null = null;
  readonly #parts: AudioParts;
  readonly #queue = [new Uint8Array(lineFrameSamples), new Uint8Array(lineFrameSamples)] as const;
  readonly #in = new Uint8Array(lineFrameSamples);
  readonly #silence: Uint8Array;
  readonly #bytes = new Uint8Array(2 * lineFrameSamples);
  readonly #shielded = new Uint8Array(4 * lineFrameSamples);
  readonly #tick = (): void => this.#ticked();
  #first = 0;
  #waiting = 0;
  #filled = 0;
  #frames = 0;
  #mode: AudioMode = 'off';
  #timer: Timer | null = null;
  #dueMs = 0;
  #movedMs = 0;
  /** Frames of silence sent since the last that was written. */
  #silent = 0;
  #spoke = false;
  #spare = 0;
  /** `framesWaiting` has been told. */
  #wanted = false;

  constructor(parts: AudioParts) {
    this.#parts = parts;
    this.#silence = new Uint8Array(lineFrameSamples).fill(silenceCode(parts.format.law));
  }

  /** The line's count: samples given, and of the frame that is being filled. */
  get sample(): number {
    return this.#frames * lineFrameSamples + this.#filled;
  }

  get queued(): number {
    return this.#waiting * lineFrameSamples;
  }

  write(frame: Uint8Array): boolean {
    if (this.#mode === 'off' || this.queued + lineFrameSamples > lineQueueSamples) return false;
    this.#queue[(this.#first + this.#waiting) % 2 ? 1 : 0].set(frame);
    this.#waiting++;
    if (this.#parts.duplex === 'half' && !this.#wanted) {
      this.#wanted = true;
      this.#parts.framesWaiting();
    }
    return true;
  }

  flush(): void {
    this.#waiting = 0;
  }

  set mode(mode: AudioMode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    if (mode === 'off') this.#stop();
    else this.#begin();
  }

  /** A byte of a sample. */
  feed(byte: number): void {
    const code = this.#parts.format.code(byte);
    if (code < 0 || !this.#hears()) return;
    this.#in[this.#filled++] = code;
    if (this.#filled < lineFrameSamples) return;
    this.#filled = 0;
    this.#movedMs = this.#parts.clock.monotonic();
    this.#give(this.#in);
    if (this.#mode === 'duplex') this.#send();
  }

  /** The modem ran dry: it gets a frame to spare again. */
  ranDry(): void {
    if ((this.#mode !== 'transmit' && this.#mode !== 'duplex') || this.#spare === mostSpareFrames) return;
    this.#spare++;
    this.#put(this.#silence);
  }

  #hears(): boolean {
    return this.#mode === 'receive' || this.#mode === 'duplex';
  }

  #begin(): void {
    this.#movedMs = this.#parts.clock.monotonic();
    this.#parts.format.restart();
    if (this.#timer === null) this.#arm(this.#movedMs + frameMs);
    if (this.#filled > 0) this.#fillUp();
    if (this.#mode === 'transmit' || this.#mode === 'duplex') this.#lead();
  }

  /** The voice state ended within a frame: the count never goes back. */
  #fillUp(): void {
    this.#in.fill(this.#silence[0] ?? 0, this.#filled);
    this.#filled = 0;
    this.#give(this.#in);
  }

  #lead(): void {
    this.#silent = 0;
    this.#spare = 0;
    this.#spoke = false;
    for (let count = 0; count < leadFrames; count++) this.#put(this.#silence);
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#waiting = 0;
    if (this.#filled > 0) this.#frames++;
    this.#filled = 0;
    this.#wanted = false;
  }

  #arm(dueMs: number): void {
    const nowMs = this.#parts.clock.monotonic();
    // Far behind (the process stood still): the frames that were not given are not made up for in a burst.
    this.#dueMs = dueMs < nowMs - 5 * frameMs ? nowMs : dueMs;
    this.#timer = this.#parts.clock.after('v253 frame', this.#dueMs - nowMs, this.#tick);
  }

  #ticked(): void {
    this.#timer = null;
    this.#arm(this.#dueMs + frameMs);
    const stillMs = this.#parts.clock.monotonic() - this.#movedMs;
    if (this.#hears()) return this.#tickedHearing(stillMs);
    if (this.#mode === 'turning' && this.queued >= lineQueueSamples) return;
    if (this.#mode !== 'transmit') return this.#give(this.#silence);
    if (this.#send()) this.#give(this.#silence);
    else if (stillMs >= stallMs.sends) this.#stalled();
  }

  #tickedHearing(stillMs: number): void {
    if (stillMs >= stallMs.hears) return this.#stalled();
    if (stillMs < fillAfterMs) return;
    this.#give(this.#silence);
    if (this.#mode === 'duplex') this.#send(false);
  }

  #stalled(): void {
    this.#movedMs = this.#parts.clock.monotonic();
    this.#parts.stalled();
  }

  #give(frame: Uint8Array): void {
    const sample = this.#frames * lineFrameSamples;
    this.#frames++;
    this.heard?.(frame, sample);
  }

  /** One frame to the modem, silence if none waits. False = it takes none now. `moves`: that is a sign of life. */
  #send(moves = true): boolean {
    const written = this.#waiting > 0;
    if (!this.#put(written ? this.#queue[this.#first === 0 ? 0 : 1] : this.#silence)) return false;
    if (moves) this.#movedMs = this.#parts.clock.monotonic();
    if (!written) {
      this.#silent++;
      if (this.#mode === 'transmit' && this.#silent === turnFrames) this.#ranOut();
      return true;
    }
    this.#first = 1 - this.#first;
    this.#waiting--;
    if (this.#spoke && this.#silent > 0 && this.#silent < lateFrames) this.#parts.underrun(this.#silent * lineFrameSamples);
    this.#silent = 0;
    this.#spoke = true;
    return true;
  }

  #ranOut(): void {
    this.#wanted = false;
    this.#parts.framesRanOut();
  }

  #put(frame: Uint8Array): boolean {
    const length = shield(this.#bytes, this.#parts.format.bytes(frame, this.#bytes), this.#shielded);
    return this.#parts.write(this.#shielded.subarray(0, length));
  }
}

import { ByteQueue } from './byte-queue.ts';
import type { Exchange } from './exchange.ts';
import type { ModemProfile } from './modem-profile.ts';
import { bytesPerSample, fromLinear, type SampleFormat, toLinear } from './sample-format.ts';
import { SilenceWatch } from './silence-watch.ts';
import { CAN, codeFlag, DLE, ESC, ETX, nothing, shield, SUB, Unshield } from './voice-shield.ts';

/** 'command': no stream; the host speaks AT. */
export type VoiceMode = 'command' | 'transmit' | 'receive' | 'duplex';

/** What the modem sends by itself: a tone, a key, or a pause. */
export interface Tone {
  readonly samples: Int16Array;
  readonly key: string | null;
}

export interface VoiceHost {
  /** False: the host takes too little, these bytes are lost. */
  stream(bytes: Uint8Array): boolean;
  event(letter: string): void;
  /** The stream is at its end, and the host is in command mode again. */
  ended(mode: VoiceMode): void;
}

/** Playing begins with so many samples, anew after each underrun. */
const startSamples = 320;

/** Samples between the host's streams and the line: buffer, shielding, coding, silence, tones. */
export class VoicePath {
  mode: VoiceMode = 'command';
  format: SampleFormat = 'u8';
  readonly silence = new SilenceWatch();
  /** The line stands still while the host is behind: for hosts that promise nothing in time. */
  patient = false;
  /** Line samples for which the host had sent nothing; samples that the host did not take. */
  underrun = 0;
  overrun = 0;
  readonly #exchange: Exchange;
  readonly #profile: ModemProfile;
  readonly #host: VoiceHost;
  readonly #unshield = new Unshield();
  readonly #queue: ByteQueue;
  #playing = false;
  #ending = false;
  #paused = false;
  #overrunTold = false;
  #tones: Tone[] = [];
  #toneAt = 0;
  #tonesDone: (() => void) | null = null;

  constructor(exchange: Exchange, profile: ModemProfile, host: VoiceHost) {
    this.#exchange = exchange;
    this.#profile = profile;
    this.#host = host;
    this.#queue = new ByteQueue(profile.bufferBytes);
  }

  /** Bytes of the host that it can take now. */
  get room(): number {
    return this.mode === 'transmit' || this.mode === 'duplex' ? Math.max(0, this.#queue.room - 2) : 256;
  }

  begin(mode: VoiceMode): void {
    this.mode = mode;
    this.#queue.clear();
    this.#unshield.reset();
    this.#playing = this.#ending = this.#paused = this.#overrunTold = false;
  }

  /** `done` once they have been sent; they need the line. */
  play(tones: readonly Tone[], done: () => void): void {
    this.#tones = [...tones];
    this.#toneAt = 0;
    this.#tonesDone = done;
  }

  /** Ends stream and tones without a word. */
  stop(): void {
    this.begin('command');
    this.#tones = [];
    this.#tonesDone = null;
  }

  /** What waits in the modem is lost at once, as if its clock had run away. */
  starve(): void {
    this.#queue.clear();
  }

  /** A byte of the host while a stream runs. */
  take(byte: number): void {
    const what = this.#unshield.push(byte);
    if (what === nothing) return;
    if (what < codeFlag) this.#queueSample(Uint8Array.of(what));
    else this.#obey(what & 0xff);
  }

  /** The line goes on by so many samples. */
  run(count: number): void {
    const bytes = new Uint8Array(count * 2);
    let length = 0;
    for (let at = 0; at < count && !this.#waits(); at++) {
      const heard = this.#exchange.pass(this.#sent());
      const said = this.silence.pass(heard);
      if (said !== null && this.mode !== 'transmit') this.#host.event(said);
      if ((this.mode !== 'receive' && this.mode !== 'duplex') || this.silence.left) continue;
      const code = fromLinear(this.format, heard);
      bytes[length++] = code & 0xff;
      if (this.format === 's16') bytes[length++] = code >> 8;
    }
    if (length > 0) this.#deliver(bytes.subarray(0, length));
    if (this.#ending && this.#queue.length < bytesPerSample(this.format)) this.#end();
  }

  #obey(letter: number): void {
    const sends = this.mode === 'transmit' || this.mode === 'duplex';
    if (letter === SUB && sends) this.#queueSample(Uint8Array.of(DLE, DLE));
    else if (letter === CAN && sends) this.#queue.clear();
    else if (letter === ETX && this.mode === 'transmit') this.#ending = true;
    else if (letter === 0x70 && sends) this.#paused = true;
    else if (letter === 0x72 && sends) this.#paused = false;
    else if ((letter === 0x21 || letter === ESC) && this.mode === 'receive') this.#end();
    else if (letter === 0x5e && this.mode === 'duplex') this.#end();
  }

  #queueSample(bytes: Uint8Array): void {
    if (this.mode === 'transmit' || this.mode === 'duplex') this.#queue.push(bytes);
  }

  #sent(): number {
    const tone = this.#tones[0];
    if (tone !== undefined) return this.#toneSample(tone);
    const size = bytesPerSample(this.format);
    if (this.mode === 'command' || this.mode === 'receive' || this.#paused) return 0;
    if (!this.#playing && (this.#ending || this.#queue.length >= startSamples * size)) this.#playing = true;
    if (!this.#playing) return 0;
    if (this.#queue.length >= size) return toLinear(this.format, size === 1 ? this.#queue.shift() : this.#queue.shift() | (this.#queue.shift() << 8));
    if (!this.#ending) this.#starved();
    return 0;
  }

  #waits(): boolean {
    return this.patient && this.#playing && !this.#ending && this.#tones.length === 0 && this.#queue.length < bytesPerSample(this.format);
  }

  #starved(): void {
    this.#playing = false;
    this.underrun++;
    this.#host.event('u');
  }

  #toneSample(tone: Tone): number {
    if (this.#toneAt === 0 && tone.key !== null) this.#exchange.digit(tone.key, this.#dialling);
    const sample = tone.samples[this.#toneAt++] ?? 0;
    if (this.#toneAt < tone.samples.length) return sample;
    this.#toneAt = 0;
    this.#tones.shift();
    const done = this.#tones.length === 0 ? this.#tonesDone : null;
    if (done !== null) {
      this.#tonesDone = null;
      done();
    }
    return sample;
  }

  #dialling = false;

  /** Whether the keys that it sends are the number. */
  set dialling(dialling: boolean) {
    this.#dialling = dialling;
  }

  #deliver(bytes: Uint8Array): void {
    if (this.#host.stream(shield(bytes, this.#profile.usesSub))) {
      this.#overrunTold = false;
      return;
    }
    this.overrun += bytes.length / bytesPerSample(this.format);
    if (!this.#overrunTold) this.#host.event('o');
    this.#overrunTold = true;
  }

  #end(): void {
    const { mode } = this;
    this.begin('command');
    this.#host.ended(mode);
  }
}

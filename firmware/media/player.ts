/**
 * What a port plays: items one after the other without a gap, silence when there is none. Blocks of the stream that plays and of the
 * one that comes next are asked for ahead, at most two at a time.
 *
 *   items ──> current source ──> fill(packet)          ahead: next stream item, loading
 */
import type { AudioSource } from './audio-source.ts';
import { samplesPerMs } from './audio-format.ts';
import { silenceCode } from '../../hal/g711.ts';
import type { CodecName, PlayItem } from './media-protocol.ts';
import { PlayList } from './play-list.ts';
import type { PromptBank } from './prompt-bank.ts';
import { PromptSource, SilenceSource, ToneSource } from './simple-sources.ts';
import { StreamSource } from './stream-source.ts';
import { Stretched } from './stretched.ts';

const maxUnanswered = 2;
const slowestPercent = 50;
const fastestPercent = 200;

export type PlayEnd = 'done' | 'stopped' | 'digit' | 'replaced';

export interface PlayerEvents {
  /** `spare`: whose it is from now on. */
  want(play: number, stream: number, offset: number, bytes: number, spare: Uint8Array | null): void;
  ended(play: number, reason: PlayEnd, missingPrompts: readonly string[]): void;
  /** A stream has been silent for want of audio, in so many packets. */
  starved(play: number, packets: number): void;
}

export class Player {
  readonly #list: PlayList;
  readonly #events: PlayerEvents;
  readonly #prompt = new PromptSource();
  readonly #tone = new ToneSource();
  readonly #silence = new SilenceSource();
  #stream = new StreamSource();
  #ahead = new StreamSource();
  /** Since somebody first asked for another speed. */
  #stretched: Stretched | null = null;
  #percent = 100;
  #codec: CodecName = 'PCMU';
  #code = silenceCode('PCMU');
  #current: AudioSource | null = null;
  #play = -1;
  #stopOnDigit = false;
  #paused = false;
  #unanswered = 0;
  #underruns = 0;
  #began = false;

  constructor(bank: PromptBank, events: PlayerEvents) {
    this.#list = new PlayList(bank);
    this.#events = events;
  }

  changeCodec(codec: CodecName): void {
    this.#codec = codec;
    this.#code = silenceCode(codec);
    for (const source of [this.#prompt, this.#tone, this.#silence, this.#stream, this.#ahead]) source.changeCodec(codec);
    this.#stretched?.changeCodec(codec);
  }

  get playing(): boolean {
    return this.#play >= 0;
  }

  /** It plays, and is not paused. */
  get audible(): boolean {
    return this.playing && !this.#paused;
  }

  /** Replaces what plays. */
  begin(play: number, items: readonly PlayItem[], stopOnDigit: boolean): void {
    this.#end('replaced');
    this.#list.begin(items);
    this.#play = play;
    this.#current = null;
    this.#stopOnDigit = stopOnDigit;
    this.#paused = false;
    this.#unanswered = 0;
    this.#underruns = 0;
    this.#began = true;
    this.#lookAhead();
    this.#ask();
  }

  stop(): void {
    this.#end('stopped');
  }

  digit(): void {
    if (this.#stopOnDigit) this.#end('digit');
  }

  pause(paused: boolean): void {
    this.#paused = paused;
  }

  /** Of streams, at the same pitch; what plays changes at once. */
  speed(percent: number): void {
    const wanted = Math.max(slowestPercent, Math.min(fastestPercent, Math.round(percent)));
    if (wanted === this.#percent) return;
    this.#percent = wanted;
    if (!this.#streaming) return;
    this.#giveBack();
    this.#current = this.#paced();
  }

  /** Only within a stream, or where a play begins with one and nothing of it was heard yet; elsewhere nothing happens. */
  seek(deltaMs: number): void {
    if (this.playing && this.#current === null) this.#ready();
    if (!this.#streaming) return;
    this.#giveBack();
    this.#stream.seek(Math.round(deltaMs * samplesPerMs));
    this.#ask();
  }

  /** An answer to a `want`; late ones from before a seek only make room for new questions. */
  block(play: number, stream: number, offset: number, bytes: Uint8Array): void {
    if (play !== this.#play) return;
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    if (this.#stream.item?.stream !== stream || !this.#stream.take(offset, bytes)) {
      if (this.#ahead.item?.stream === stream) this.#ahead.take(offset, bytes);
    }
    this.#ask();
  }

  /** True once after `begin`: the next packet starts a talkspurt. */
  takeBegan(): boolean {
    const began = this.#began;
    this.#began = false;
    return began;
  }

  /** Writes out[at..at+samples): what plays, then silence. */
  fill(out: Uint8Array, at: number, samples: number): void {
    const end = at + samples;
    let to = at;
    if (this.playing && !this.#paused) {
      while (to < end && this.#ready()) to += this.#current?.fill(out, to, end - to) ?? 0;
      if (!this.#ready()) this.#end('done');
      else this.#ask();
    }
    for (; to < end; to++) out[to] = this.#code;
  }

  /** Brings up the next item that has something to play; false = none is left. */
  #ready(): boolean {
    while (this.#current === null || this.#current.done) {
      const item = this.#list.take();
      if (item === undefined) return false;
      this.#current = this.#load(item);
    }
    return true;
  }

  #load(item: PlayItem): AudioSource {
    switch (item.kind) {
      case 'prompt':
        this.#prompt.load(this.#list.voice(item.id));
        return this.#prompt;
      case 'tone':
        this.#tone.load(item.hz, item.ms, item.levelDbm0, item.second);
        return this.#tone;
      case 'silence':
        this.#silence.load(item.ms);
        return this.#silence;
      case 'stream':
        return this.#swapStreams();
    }
  }

  /** The stream loaded ahead becomes the one that plays. */
  #swapStreams(): AudioSource {
    this.#underruns += this.#stream.underruns;
    [this.#stream, this.#ahead] = [this.#ahead, this.#stream];
    this.#ahead.unload();
    this.#lookAhead();
    return this.#paced();
  }

  /** Loads the next stream item, the one that `#load` will meet first. */
  #lookAhead(): void {
    const item = this.#list.nextStream;
    if (item !== null) this.#ahead.load(item);
  }

  get #streaming(): boolean {
    return this.#current !== null && (this.#current === this.#stream || this.#current === this.#stretched);
  }

  /** What was read ahead for another speed is heard at this one. */
  #giveBack(): void {
    if (this.#stretched === null) return;
    if (this.#current === this.#stretched) this.#stream.seek(-this.#stretched.heldSamples);
    this.#stretched.forget();
  }

  #paced(): AudioSource {
    if (this.#percent === 100) return this.#stream;
    const stretched = (this.#stretched ??= new Stretched(this.#codec));
    stretched.load(this.#stream, this.#percent);
    return stretched;
  }

  #ask(): void {
    this.#askFor(this.#stream);
    this.#askFor(this.#ahead);
  }

  #askFor(source: StreamSource): void {
    while (this.#unanswered < maxUnanswered && source.item !== null && source.wanted >= 0) {
      this.#unanswered++;
      const offset = source.wanted;
      const bytes = source.wantedBytes;
      source.asked();
      this.#events.want(this.#play, source.item.stream, offset, bytes, source.takeSpare());
    }
  }

  #end(reason: PlayEnd): void {
    if (!this.playing) return;
    const play = this.#play;
    const underruns = this.#underruns + this.#stream.underruns;
    this.#play = -1;
    this.#current = null;
    this.#list.end();
    this.#stream.unload();
    this.#ahead.unload();
    if (underruns > 0) this.#events.starved(play, underruns);
    this.#events.ended(play, reason, this.#list.missing);
  }
}

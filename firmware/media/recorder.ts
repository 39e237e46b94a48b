/**
 * Gathers what was received, in the session's codec, in the jitter buffer's time: 20 ms by 20 ms, gaps made up. Hands over chunks, gathered
 * in a place that control reads them from or, where none is free, in memory of their own (an allocation per chunk); ends by length, silence,
 * digit or order.
 */
import { frameSamples, samplesOf, samplesPerMs } from './audio-format.ts';
import type { ChunkPlaces } from './chunk-places.ts';
import { maxChunkMs } from './chunk-places.ts';
import { isBelow, powerOf } from './level.ts';
import type { CodecName, MediaEvent, RecordSettings } from './media-protocol.ts';

export type RecordEnd = Extract<MediaEvent, { type: 'record-ended' }>['reason'];

export interface RecorderEvents {
  /** `bytes` octets in a place, which are not to be touched here any more when they have been told of. */
  placed(place: number, record: number, sequence: number, codec: CodecName, bytes: number, lostPackets: number): void;
  chunk(record: number, sequence: number, codec: CodecName, bytes: Uint8Array, lostPackets: number): void;
  ended(record: number, reason: RecordEnd, recordedMs: number, trailingSilenceMs: number, lostPackets: number, digit: string | null): void;
}

export class Recorder {
  readonly #events: RecorderEvents;
  readonly #places: ChunkPlaces;
  readonly #port: number;
  /** Where it gathers, from `#start` on: in a place, or (-1) in memory of its own. None is taken while nothing is gathered. */
  #place = -1;
  #octets: Uint8Array = nothing;
  #start = 0;
  #settings: RecordSettings | null = null;
  /** Of a recording that begins when what plays has been heard. */
  #armed: RecordSettings | null = null;
  #codec: CodecName = 'PCMU';
  #chunkBytes = 0;
  #filled = 0;
  #sequence = 0;
  #samples = 0;
  #maxSamples = 0;
  #silentSamples = 0;
  #silenceLimit = 0;
  readonly #silentPower = new Float64Array(1);
  /** The session's count of packets without audio when recording began, and what of it the chunks have told. */
  #missingBefore = 0;
  #told = 0;

  /** Of `places`, those of `port`. */
  constructor(events: RecorderEvents, places: ChunkPlaces, port: number) {
    this.#events = events;
    this.#places = places;
    this.#port = port;
  }

  get recording(): boolean {
    return this.#settings !== null;
  }

  /** `missing`: the session's count so far. A recording that runs is stopped first. */
  begin(settings: RecordSettings, codec: CodecName, missing: number): void {
    this.stop(missing);
    this.#settings = settings;
    this.#codec = codec;
    this.#chunkBytes = Math.max(frameSamples, Math.min(maxChunkMs * samplesPerMs, samplesOf(settings.chunkMs)));
    this.#filled = 0;
    this.#sequence = 0;
    this.#samples = 0;
    this.#maxSamples = samplesOf(settings.maxMs);
    this.#silentSamples = 0;
    this.#silenceLimit = settings.silenceMs > 0 ? samplesOf(settings.silenceMs) : Infinity;
    this.#silentPower[0] = powerOf(settings.silenceDbm0);
    this.#missingBefore = missing;
    this.#told = 0;
  }

  /** `release` begins it. */
  arm(settings: RecordSettings): void {
    this.#disarm();
    this.#armed = settings;
  }

  /** What played has ended; `heard`: to its end, else the recording that was to follow ends without having begun. */
  release(heard: boolean, codec: CodecName, missing: number): void {
    const armed = this.#armed;
    if (armed === null) return;
    if (!heard) return this.#disarm();
    this.#armed = null;
    this.begin(armed, codec, missing);
  }

  /** Later frames are in another law: what is gathered goes out first, since a chunk has one codec. */
  changeCodec(codec: CodecName, missing: number): void {
    if (this.recording && codec !== this.#codec) this.handOver(missing);
    this.#codec = codec;
  }

  /** Takes the next 20 ms. */
  frame(frame: Uint8Array, missing: number): void {
    if (this.#settings === null) return;
    const count = Math.min(frameSamples, this.#maxSamples - this.#samples);
    this.#gather(frame, count, missing);
    this.#samples += count;
    const silent = isBelow(this.#codec, frame, 0, frameSamples, this.#silentPower);
    this.#silentSamples = silent ? this.#silentSamples + count : 0;
    if (this.#samples >= this.#maxSamples) this.#end('max', missing, null);
    else if (this.#silentSamples >= this.#silenceLimit) this.#end('silence', missing, null);
  }

  #gather(frame: Uint8Array, count: number, missing: number): void {
    if (count === frame.length && this.#filled + count < this.#chunkBytes) {
      if (this.#filled === 0) this.#findRoom();
      this.#octets.set(frame, this.#start + this.#filled);
      this.#filled += count;
      return;
    }
    for (let at = 0; at < count; at++) {
      if (this.#filled === 0) this.#findRoom();
      this.#octets[this.#start + this.#filled++] = frame[at] ?? 0;
      if (this.#filled === this.#chunkBytes) this.handOver(missing);
    }
  }

  /** For the next chunk. */
  #findRoom(): void {
    this.#place = this.#places.take(this.#port);
    this.#octets = this.#place < 0 ? new Uint8Array(this.#chunkBytes) : this.#places.octets;
    this.#start = this.#place < 0 ? 0 : this.#places.startOf(this.#place);
  }

  stopsOn(digit: string): boolean {
    return this.#settings?.stopDigits.includes(digit) === true;
  }

  digit(digit: string, missing: number): void {
    if (this.stopsOn(digit)) this.#end('digit', missing, digit);
  }

  /** Also one that has not begun. */
  stop(missing: number): void {
    if (this.recording) this.#end('stopped', missing, null);
    this.#disarm();
  }

  /** Time that passes on hold: nothing is recorded, and silence before it does not join silence after it. */
  interrupt(): void {
    this.#silentSamples = 0;
  }

  /** What has been gathered goes out, and recording goes on. */
  handOver(missing: number): void {
    if (this.#settings === null || this.#filled === 0) return;
    const lost = Math.max(0, missing - this.#missingBefore - this.#told); // one that comes late lowers the count again
    this.#told += lost;
    const { record } = this.#settings;
    const place = this.#place;
    const octets = this.#octets;
    const filled = this.#filled;
    this.#place = -1;
    this.#octets = nothing;
    this.#filled = 0;
    if (place >= 0) this.#events.placed(place, record, this.#sequence++, this.#codec, filled, lost);
    else this.#events.chunk(record, this.#sequence++, this.#codec, filled === octets.length ? octets : octets.slice(0, filled), lost);
  }

  #disarm(): void {
    const armed = this.#armed;
    this.#armed = null;
    if (armed !== null) this.#events.ended(armed.record, 'stopped', 0, 0, 0, null);
  }

  #end(reason: RecordEnd, missing: number, digit: string | null): void {
    this.handOver(missing);
    const record = this.#settings?.record ?? 0;
    this.#settings = null;
    const silentMs = Math.floor(this.#silentSamples / samplesPerMs);
    this.#events.ended(record, reason, Math.round(this.#samples / samplesPerMs), silentMs, this.#told, digit);
  }
}

const nothing = new Uint8Array(0);

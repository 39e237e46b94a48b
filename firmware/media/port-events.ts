/** What control is told of a port while a session runs on it. */
import type { ChunkPlaces } from './chunk-places.ts';
import type { CodecName, MediaStats, MediaThreadEvent, RtpStream } from './media-protocol.ts';
import type { PlayEnd } from './player.ts';
import type { RecordEnd, RecorderEvents } from './recorder.ts';

export interface PortEventsParts {
  readonly port: number;
  readonly places: ChunkPlaces;
  readonly emit: (event: MediaThreadEvent) => void;
}

export class PortEvents implements RecorderEvents {
  readonly #port: number;
  readonly #places: ChunkPlaces;
  readonly #emit: (event: MediaThreadEvent) => void;
  /** Whose number each event carries. */
  readonly #of: { readonly session: number };

  constructor({ port, places, emit }: PortEventsParts, of: { readonly session: number }) {
    this.#port = port;
    this.#places = places;
    this.#emit = emit;
    this.#of = of;
  }

  want(play: number, stream: number, offset: number, bytes: number, spare: Uint8Array | null): void {
    this.#emit({ type: 'want', port: this.#port, session: this.#of.session, play, stream, offset, bytes, spare });
  }

  playEnded(play: number, reason: PlayEnd, missingPrompts: readonly string[]): void {
    this.#emit({ type: 'play-ended', port: this.#port, session: this.#of.session, play, reason, missingPrompts });
  }

  placed(place: number, record: number, sequence: number, codec: CodecName, bytes: number, lostPackets: number): void {
    this.#emit(this.#places.handOver(place, this.#of.session, record, sequence, codec, bytes, lostPackets));
  }

  chunk(record: number, sequence: number, codec: CodecName, bytes: Uint8Array, lostPackets: number): void {
    this.#emit({ type: 'chunk', port: this.#port, session: this.#of.session, record, sequence, codec, bytes, lostPackets });
  }

  /** A recording. */
  ended(record: number, reason: RecordEnd, recordedMs: number, trailingSilenceMs: number, lostPackets: number, digit: string | null): void {
    this.#emit({ type: 'record-ended', port: this.#port, session: this.#of.session, record, reason, recordedMs, trailingSilenceMs, lostPackets, digit });
  }

  digit(digit: string, durationMs: number, source: 'rfc4733' | 'in-band'): void {
    this.#emit({ type: 'digit', port: this.#port, session: this.#of.session, digit, durationMs, source });
  }

  faxTone(): void {
    this.#emit({ type: 'fax-tone', port: this.#port, session: this.#of.session });
  }

  quiet(silentMs: number): void {
    this.#emit({ type: 'rtp-timeout', port: this.#port, session: this.#of.session, silentMs });
  }

  report(stream: RtpStream): void {
    this.#emit({ type: 'report', port: this.#port, session: this.#of.session, stream });
  }

  stopped(stats: MediaStats): void {
    this.#emit({ type: 'stopped', port: this.#port, session: this.#of.session, stats });
  }
}

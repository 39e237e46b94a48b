import { ChunkPlaces } from '../../../firmware/media/chunk-places.ts';
import type { MediaThreadEvent } from '../../../firmware/media/media-protocol.ts';
import { Recorder } from '../../../firmware/media/recorder.ts';
import type { Random } from '../../../hal/random.ts';
import { say } from './told-apart.ts';

/** Recordings that begin, are handed over, change their law and end at random, one after another on each port; no two have the same number. */
export class BusyRecorders {
  readonly places: ChunkPlaces;
  /** Octets that were said, by recording. */
  readonly said = new Map<number, number>();
  placed = 0;
  own = 0;
  readonly #random: Random;
  readonly #recorders: readonly Recorder[];
  readonly #records: number[];
  readonly #frame = new Uint8Array(160);

  constructor(ports: number, random: Random, emit: (event: MediaThreadEvent) => void) {
    this.#random = random;
    this.places = ChunkPlaces.make(ports);
    this.#records = Array.from({ length: ports }, (_, port) => port);
    this.#recorders = this.#records.map((_, port) => new Recorder({
      placed: (place, record, sequence, codec, bytes, lostPackets) => {
        this.placed += 1;
        emit(this.places.handOver(place, 7, record, sequence, codec, bytes, lostPackets));
      },
      chunk: (record, sequence, codec, bytes, lostPackets) => {
        this.own += 1;
        emit({ type: 'chunk', port, session: 7, record, sequence, codec, bytes, lostPackets });
      },
      ended: () => undefined,
    }, this.places, port));
  }

  /** A frame's time on every port. */
  frame(): void {
    for (const [port, recorder] of this.#recorders.entries()) {
      if (!recorder.recording) this.#begin(port, recorder);
      const record = this.#records[port] as number;
      const position = this.said.get(record) ?? 0;
      say(record, position, this.#frame);
      recorder.frame(this.#frame, 0);
      this.said.set(record, position + this.#frame.length);
      const chance = this.#random.below(400);
      if (chance < 3) recorder.handOver(0);
      else if (chance < 5) recorder.changeCodec(chance === 3 ? 'PCMA' : 'PCMU', 0);
      else if (chance < 6) recorder.stop(0);
    }
  }

  end(): void {
    for (const recorder of this.#recorders) recorder.stop(0);
  }

  #begin(port: number, recorder: Recorder): void {
    const record = (this.#records[port] as number) + this.#records.length;
    this.#records[port] = record;
    recorder.begin({ record, maxMs: 3_600_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 20 + this.#random.below(1000) }, 'PCMU', 0);
  }
}

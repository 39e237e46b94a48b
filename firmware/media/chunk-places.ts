/**
 * Recorded audio on its way to control, in memory that both threads have: a few places per port, each with room for the longest chunk, and
 * before it what is to be said of that chunk. Media gathers right into a place, and the event names nothing but the place.
 *
 *   free ──take──> gathering ──handOver──> given ──fetch──> free          media: take, handOver        control: fetch
 *
 * So the octets are media's until `handOver`, and control's until `fetch` has copied them, which gives the place back in the same step. Nobody
 * gets to see a place itself, so nobody can keep one. Media that finds none free (control stands still) gathers in memory of its own.
 */
import type { CodecName, MediaEvent, PlacedChunk } from './media-protocol.ts';

export const maxChunkMs = 1000;
export const placesPerPort = 3;

type Chunk = Extract<MediaEvent, { type: 'chunk' }>;

const codecs: readonly CodecName[] = ['PCMU', 'PCMA'];

/** Words before the octets of a place. */
const state = 0;
const session = 1;
const record = 2;
const sequence = 3;
const codec = 4;
const length = 5;
const lostPackets = 6;
const headerBytes = 32;

/** Pages that nobody touched take no memory: of a place that is asked for half seconds, one. */
const placeBytes = 8192;
const wordsPerPlace = placeBytes / Int32Array.BYTES_PER_ELEMENT;

const free = 0;
const gathering = 1;
const given = 2;

export class ChunkPlaces {
  readonly memory: SharedArrayBuffer;
  /** For media alone, within a place that it has taken: from `startOf` on. */
  readonly octets: Uint8Array;
  readonly #words: Int32Array;
  /** One for each place, made once and never changed: whoever keeps one keeps nothing of a chunk. */
  readonly #events: readonly PlacedChunk[];
  /** The longest chunk that each place has held. */
  readonly #longest: Int32Array;

  private constructor(memory: SharedArrayBuffer, events: readonly PlacedChunk[]) {
    this.memory = memory;
    this.octets = new Uint8Array(memory);
    this.#words = new Int32Array(memory);
    this.#events = events;
    this.#longest = new Int32Array(events.length);
  }

  /** Media's: the places of so many ports. */
  static make(ports: number): ChunkPlaces {
    const count = ports * placesPerPort;
    return new ChunkPlaces(new SharedArrayBuffer(count * placeBytes), Array.from({ length: count }, (_, place) => ({ type: 'placed-chunk', place })));
  }

  /** Control's: the same places, to fetch from. */
  static of(memory: SharedArrayBuffer): ChunkPlaces {
    return new ChunkPlaces(memory, []);
  }

  /** Of the port's places one that is free, which is media's from now on; -1 = none is. The lowest: mostly it is the same, and the others take no memory. */
  take(port: number): number {
    for (let place = port * placesPerPort; place < (port + 1) * placesPerPort; place++) {
      if (Atomics.compareExchange(this.#words, place * wordsPerPlace + state, free, gathering) === free) return place;
    }
    return -1;
  }

  /** Media's: of the memory, what was never written to, and so takes none of the machine's. Pages are not counted, but octets. */
  get untouchedBytes(): number {
    let bytes = this.memory.byteLength;
    for (const longest of this.#longest) if (longest > 0) bytes -= headerBytes + longest;
    return bytes;
  }

  startOf(place: number): number {
    return place * placeBytes + headerBytes;
  }

  /** Control's from now on; the event that says so is to be sent. */
  handOver(place: number, ofSession: number, ofRecord: number, number: number, inCodec: CodecName, bytes: number, lost: number): PlacedChunk {
    const words = this.#words;
    const at = place * wordsPerPlace;
    words[at + session] = ofSession;
    words[at + record] = ofRecord;
    words[at + sequence] = number;
    words[at + codec] = codecs.indexOf(inCodec);
    words[at + length] = bytes;
    words[at + lostPackets] = lost;
    if (bytes > (this.#longest[place] ?? 0)) this.#longest[place] = bytes;
    Atomics.store(words, at + state, given);
    return this.#events[place] ?? { type: 'placed-chunk', place };
  }

  /** What lies there, in memory of its own; the place is given back. null = nothing was given there, or it has been fetched. */
  fetch(place: number): Chunk | null {
    const words = this.#words;
    const at = place * wordsPerPlace;
    if (Atomics.load(words, at + state) !== given) return null;
    const start = this.startOf(place);
    const chunk: Chunk = {
      type: 'chunk', port: Math.floor(place / placesPerPort), session: word(words, at + session), record: word(words, at + record), sequence: word(words, at + sequence),
      codec: codecs[word(words, at + codec)] ?? 'PCMU', bytes: this.octets.slice(start, start + word(words, at + length)), lostPackets: word(words, at + lostPackets),
    };
    Atomics.store(words, at + state, free);
    return chunk;
  }
}

const word = (words: Int32Array, at: number): number => words[at] ?? 0;

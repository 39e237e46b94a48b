/**
 * Stored audio that the control thread supplies in blocks of 16 KiB (2 s).
 *
 *    held[0]      held[1]      asked for, on the way
 *   ├────▲──────┼────────────┼ ─ ─ ─ ─ ─ ─ ┼ ─ ─ ─         ▲ position: 2 s before it runs dry the next block is asked for
 *
 * An answer is taken only if it continues what is held; all others are late answers from before a seek. When nothing is held,
 * silence is played and the position stands.
 *
 * A block that has been played goes back with the next question and comes again with the answer: what plays for hours goes on in the same two or three.
 */
import type { AudioSource } from './audio-source.ts';
import { samplesPerMs } from './audio-format.ts';
import { copyCodes } from './copy-codes.ts';
import { convertTable, silenceCode } from '../../hal/g711.ts';
import type { CodecName, PlayItem } from './media-protocol.ts';

export const blockBytes = 16_384;
const lowWaterBytes = 2000 * samplesPerMs;
/** With more ahead, held or asked for, nothing is asked for: two blocks at a start and after a seek, then one at a time, unless its answer takes a second. */
const mostAheadBytes = blockBytes + 1000 * samplesPerMs;

export type StreamItem = Extract<PlayItem, { kind: 'stream' }>;

export class StreamSource implements AudioSource {
  /** Packets that fell silent, wholly or in part, because the next block had not come; waiting for the first one does not count. */
  underruns = 0;
  #item: StreamItem | null = null;
  #total = 0;
  #position = 0;
  /** Blocks in order, without gaps; the first one holds `position`. */
  #held: Uint8Array[] = [];
  #heldFrom = 0;
  #heldUpTo = 0;
  /** Offset of the next block to ask for. */
  #askFrom = 0;
  #flowing = false;
  #spare: Uint8Array | null = null;
  #codec: CodecName = 'PCMU';
  #table = convertTable('PCMU', 'PCMU');

  changeCodec(codec: CodecName): void {
    this.#codec = codec;
    if (this.#item !== null) this.#table = convertTable(this.#item.codec, codec);
  }

  load(item: StreamItem): void {
    this.#item = item;
    this.#total = Math.max(0, Math.floor(item.bytes));
    this.#table = convertTable(item.codec, this.#codec);
    this.underruns = 0;
    this.#holdNothing(0);
  }

  unload(): void {
    this.#item = null;
    this.#total = 0;
    this.#holdNothing(0);
  }

  get item(): StreamItem | null {
    return this.#item;
  }

  get done(): boolean {
    return this.#position >= this.#total;
  }

  /** The next block wanted, as its offset; -1 = enough is held or asked for. */
  get wanted(): number {
    const enough = this.#heldUpTo - this.#position >= lowWaterBytes || this.#askFrom - this.#position > mostAheadBytes;
    return enough || this.#askFrom >= this.#total ? -1 : this.#askFrom;
  }

  /** Bytes that the block at `wanted` shall have. */
  get wantedBytes(): number {
    return Math.min(blockBytes, this.#total - this.#askFrom);
  }

  /** The block at `wanted` has been asked for. */
  asked(): void {
    this.#askFrom += this.wantedBytes;
  }

  /** A block that has been played, once; null = there is none. */
  takeSpare(): Uint8Array | null {
    const spare = this.#spare;
    this.#spare = null;
    return spare;
  }

  /** Takes an answer if it continues what is held. An empty block ends the stream there. */
  take(offset: number, bytes: Uint8Array): boolean {
    if (offset !== this.#heldUpTo || offset >= this.#total) return false;
    if (bytes.length === 0) this.#total = offset;
    else this.#held.push(bytes);
    const short = bytes.length < Math.min(blockBytes, this.#total - offset);
    this.#heldUpTo += bytes.length;
    if (short) this.#askFrom = this.#heldUpTo;
    return true;
  }

  /** Moves by `bytes`, clamped to both ends. */
  seek(bytes: number): void {
    const to = Math.max(0, Math.min(this.#total, this.#position + bytes));
    if (to >= this.#heldFrom && to < this.#heldUpTo) this.#moveTo(to);
    else this.#holdNothing(to);
  }

  fill(out: Uint8Array, at: number, samples: number): number {
    const wanted = Math.min(samples, this.#total - this.#position);
    let done = 0;
    while (done < wanted && this.#position < this.#heldUpTo) done += this.#copy(out, at + done, wanted - done);
    if (done === wanted) return done;
    if (this.#flowing) this.underruns++;
    const silence = silenceCode(this.#codec);
    for (let index = done; index < samples; index++) out[at + index] = silence;
    return samples;
  }

  #copy(out: Uint8Array, at: number, samples: number): number {
    const block = this.#held[0];
    if (block === undefined) return samples;
    const from = this.#position - this.#heldFrom;
    const count = Math.min(samples, block.length - from, this.#total - this.#position);
    copyCodes(block, from, out, at, count, this.#table);
    this.#moveTo(this.#position + count);
    this.#flowing = true;
    return count;
  }

  #moveTo(position: number): void {
    this.#position = position;
    for (let block = this.#held[0]; block !== undefined && position >= this.#heldFrom + block.length; block = this.#held[0]) {
      this.#heldFrom += block.length;
      this.#spare = this.#held.shift() ?? null;
    }
  }

  #holdNothing(position: number): void {
    this.#position = position;
    this.#spare = null;
    this.#held = [];
    this.#heldFrom = position;
    this.#heldUpTo = position;
    this.#askFrom = position;
    this.#flowing = false;
  }
}

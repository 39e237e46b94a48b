import { ownRelease } from '../update/release-facts.ts';
import type { MainPbx } from '../sip/watch/main-pbx.ts';
import { type BeatSeal, sealBytes } from './beat-seal.ts';

/**
 * A heartbeat: one datagram of fixed layout, numbers big-endian.
 *
 *    0        2     3     4      5       6          8
 *   +--------+-----+-----+------+-------+----------+
 *   | 'U' 'B'| ver | rank| flags| media | beatMs   |
 *   +--------+-----+-----+------+-------+----------+
 *   | incarnation: random, new at each start (8)   |
 *   +----------------------------------------------+
 *   | echo: incarnation last heard of the other (8)|
 *   +----------------------------------+-----------+
 *   | sequence (6)                     | calls (2) |   32
 *   +----------------------------------+-----------+
 *   | epoch (6)                        | control   |   40   control: age of the control thread's pulse, ms (2)
 *   +----------------------------------+-----------+
 *   | grant (6)                 | speaks | from (1) |   48   versions of the pair's protocol (1, 1); 0 = 1
 *   +----------------------------------+-----------+
 *   | HMAC-SHA256 of all before it, first 16 bytes |   64
 *   +----------------------------------------------+
 *
 * flags, from the lowest bit: serving, able, sees, waiting, asks, goodbye; the two highest bits: the main PBX (0 unknown, 1 heard, 2 lost).
 */
export const beatBytes = 64;
const sealedBytes = beatBytes - sealBytes;
const version = 1;
/** Of firmware that does not tell. */
const firstPair = 1;
export const maxControlAgeMs = 65_535;

export interface Beat {
  rank: 'primary' | 'backup';
  serving: boolean;
  able: boolean;
  sees: boolean;
  main: MainPbx;
  waiting: boolean;
  asks: boolean;
  goodbye: boolean;
  /** Health of the media thread, 0 to 100: its ticks of the last seconds that were in time. */
  media: number;
  beatMs: number;
  incarnation: bigint;
  /** 0 = nobody was heard. */
  echo: bigint;
  sequence: number;
  /** Counted up to 65,535. */
  calls: number;
  epoch: number;
  controlAgeMs: number;
  /** The epoch offered to the receiver; 0 = none. */
  grant: number;
  /** Version of the pair's protocol that the sender speaks, and the oldest that it still speaks. */
  pair: number;
  pairFrom: number;
}

const flags = ['serving', 'able', 'sees', 'waiting', 'asks', 'goodbye'] as const;
/** As the two bits count; firmware that does not know of them leaves 0. */
const mains: readonly MainPbx[] = ['unknown', 'heard', 'lost'];
const mainShift = flags.length;

export const emptyBeat = (): Beat => ({
  rank: 'primary', serving: false, able: false, sees: false, main: 'unknown', waiting: false, asks: false, goodbye: false, media: 100, beatMs: 0,
  incarnation: 0n, echo: 0n, sequence: 0, calls: 0, epoch: 0, controlAgeMs: 0, grant: 0, pair: ownRelease.pair, pairFrom: ownRelease.pairFrom,
});

/** Writes and reads beats over a buffer of its own, so that a beat costs no buffer. */
export class BeatCodec {
  #seal: BeatSeal;
  readonly #bytes = new Uint8Array(beatBytes);
  readonly #view = new DataView(this.#bytes.buffer);

  constructor(seal: BeatSeal) {
    this.#seal = seal;
  }

  set seal(seal: BeatSeal) {
    this.#seal = seal;
  }

  /** The result is overwritten by the next call. */
  encode(beat: Beat): Uint8Array {
    const view = this.#view;
    view.setUint16(0, 0x5542);
    view.setUint8(2, version);
    view.setUint8(3, beat.rank === 'primary' ? 0 : 1);
    view.setUint8(4, flags.reduce((bits, flag, at) => bits | (beat[flag] ? 1 << at : 0), mains.indexOf(beat.main) << mainShift));
    view.setUint8(5, beat.media);
    view.setUint16(6, beat.beatMs);
    view.setBigUint64(8, beat.incarnation);
    view.setBigUint64(16, beat.echo);
    setUint48(view, 24, beat.sequence);
    view.setUint16(30, Math.min(beat.calls, 0xffff));
    setUint48(view, 32, beat.epoch);
    view.setUint16(38, Math.min(beat.controlAgeMs, maxControlAgeMs));
    setUint48(view, 40, beat.grant);
    view.setUint8(46, beat.pair);
    view.setUint8(47, beat.pairFrom);
    this.#seal.seal(this.#bytes, sealedBytes);
    return this.#bytes;
  }

  /** Fills `into` and returns null, or says what is wrong and leaves `into` alone. What is cheap to see is looked at first. */
  decode(bytes: Uint8Array, into: Beat): 'malformed' | 'foreign-key' | null {
    if (bytes.length !== beatBytes) return 'malformed';
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const rank = view.getUint8(3);
    if (view.getUint16(0) !== 0x5542 || view.getUint8(2) !== version || rank > 1) return 'malformed';
    if (!this.#seal.matches(bytes, sealedBytes)) return 'foreign-key';
    const bits = view.getUint8(4);
    into.rank = rank === 0 ? 'primary' : 'backup';
    for (let at = 0; at < flags.length; at++) into[flags[at] as (typeof flags)[number]] = (bits & (1 << at)) !== 0;
    into.main = mains[bits >> mainShift] ?? 'unknown';
    into.media = view.getUint8(5);
    into.beatMs = view.getUint16(6);
    into.incarnation = view.getBigUint64(8);
    into.echo = view.getBigUint64(16);
    into.sequence = getUint48(view, 24);
    into.calls = view.getUint16(30);
    into.epoch = getUint48(view, 32);
    into.controlAgeMs = view.getUint16(38);
    into.grant = getUint48(view, 40);
    into.pair = view.getUint8(46) || firstPair;
    into.pairFrom = view.getUint8(47) || firstPair;
    return null;
  }
}

function setUint48(view: DataView, at: number, value: number): void {
  view.setUint16(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 2, value % 2 ** 32);
}

function getUint48(view: DataView, at: number): number {
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}

/**
 * Received audio on its timeline: a ring of 1,024 ms in which each sample has its place by RTP timestamp, so that packet times from
 * 10 to 60 ms, reordering and duplicates need no special case. It is read in frames of 20 ms.
 *
 *        position                 end
 *   ...played│████████░░░░████████│ . . . free . . .       █ there   ░ missing (made up)
 *            └─ lead of the newest packet when it arrives: 40 ms at first ─┘
 *
 * - Nothing there to play (underrun): a made-up frame is played and the position stands. If the audio was only late it is still played,
 *   and the delay has grown by itself; if it never comes, the next packet closes up by as much as was made up. Nothing is lost to haste.
 * - Packets that come after their place was played (overtaken by others) are lost; from the second in 2 s on, each makes the delay
 *   20 ms longer by a made-up frame, up to 120 ms.
 * - Delay that the network no longer asks for (no packet came with less than 60 ms in hand for 2 s) is given back, a silent frame
 *   at a time; above 800 ms any frame. So the depth moves between 40 and about 120 ms with the network's jitter.
 * - A new SSRC, a timestamp that jumps ahead by more than the ring, or three packets in a row too late: placed anew after what is there.
 */
import { frameMs, frameSamples, maxPayloadBytes, samplesPerMs } from './audio-format.ts';
import { Concealment } from './concealment.ts';
import { convertTable, silenceCode } from './g711.ts';
import { isBelow, powerOf } from './level.ts';
import type { CodecName } from './media-protocol.ts';

const capacity = 8192;
const mask = capacity - 1;
const firstLead = 40 * samplesPerMs;
const comfortableLead = 60 * samplesPerMs;
const deepest = 120 * samplesPerMs;
const tooDeep = 800 * samplesPerMs;
const windowFrames = 2000 / frameMs;
const lateRunLimit = 3;
const noLead = 0x7fffffff;
const unchanged = convertTable('PCMU', 'PCMU');
const silentPower = Float64Array.of(powerOf(-45));

export class JitterBuffer {
  /** Packets that came after their time, or found the ring full. */
  late = 0;
  /** Frames left out to shorten the delay. */
  shortened = 0;
  #codec: CodecName = 'PCMU';
  readonly #silentPayload = new Uint8Array(maxPayloadBytes);
  readonly #ring = new Uint8Array(capacity);
  readonly #there = new Uint8Array(capacity);
  readonly #concealment = new Concealment();
  #anchored = false;
  /** What must be added to an RTP timestamp to get its place. */
  #offset = 0;
  #position = 0;
  #end = 0;
  /** Samples made up while the position stood still, not yet closed up. */
  #owed = 0;
  #lateRun = 0;
  #lateInWindow = 0;
  #holdBack = false;
  #leastLead = noLead;
  #windowLeft = windowFrames;
  #surplus = 0;

  begin(codec: CodecName): void {
    this.late = 0;
    this.shortened = 0;
    this.#codec = codec;
    this.#silentPayload.fill(silenceCode(codec));
    this.#concealment.begin(codec);
    this.#there.fill(0);
    this.#position = 0;
    this.#end = 0;
    this.restart();
    this.#newWindow();
  }

  /** What waits is kept and turned into the other law. */
  changeCodec(codec: CodecName): void {
    if (codec === this.#codec) return;
    const table = convertTable(this.#codec, codec);
    for (let at = 0; at < capacity; at++) this.#ring[at] = table[this.#ring[at] ?? 0] ?? 0;
    this.#codec = codec;
    this.#silentPayload.fill(silenceCode(codec));
    this.#concealment.begin(codec);
  }

  /** The next packet begins a new stream (SSRC or numbering changed); what waits is still played. */
  restart(): void {
    this.#anchored = false;
    this.#owed = 0;
    this.#lateRun = 0;
    this.#holdBack = false;
    this.#surplus = 0;
  }

  /** Samples that wait, gaps included. */
  get depth(): number {
    return (this.#end - this.#position) | 0;
  }

  /** Puts in bytes[at..at+samples) of a packet, turning each code by `table`. */
  insert(timestamp: number, bytes: Uint8Array, at: number, samples: number, table: Uint8Array): void {
    const place = this.#place(timestamp, samples);
    const from = this.#fitting(place, samples);
    if (from < 0) return;
    for (let index = from; index < samples; index++) {
      const spot = (place + index) & mask;
      this.#ring[spot] = table[bytes[at + index] ?? 0] ?? 0;
      this.#there[spot] = 1;
    }
    this.#extend(place + samples);
  }

  /** The peer says that there is no audio in this stretch (it sent an event instead): silence, neither missing nor repeated. */
  insertSilence(timestamp: number, samples: number): void {
    this.insert(timestamp, this.#silentPayload, 0, Math.min(samples, maxPayloadBytes), unchanged);
  }

  /** The next 20 ms into frame[0..160). */
  pull(frame: Uint8Array): void {
    this.#shorten();
    if (this.depth < frameSamples) this.#underrun(frame);
    else if (this.#holdBack) this.#makeUp(frame);
    else this.#play(frame);
    if (--this.#windowLeft === 0) this.#judgeWindow();
  }

  #place(timestamp: number, samples: number): number {
    if (!this.#anchored) this.#anchor(timestamp);
    const place = (timestamp + this.#offset) | 0;
    const lead = (place - this.#position) | 0;
    if (lead + samples <= capacity) return this.#closeUp(place);
    this.#anchor(timestamp);
    return (timestamp + this.#offset) | 0;
  }

  /** Takes back, from a gap before `place`, what was made up while waiting for it. */
  #closeUp(place: number): number {
    const gap = (place - this.#end) | 0;
    const closed = gap > 0 && this.#owed > 0 ? Math.min(this.#owed, gap) : 0;
    if (gap >= 0) this.#owed = 0;
    this.#offset = (this.#offset - closed) | 0;
    return (place - closed) | 0;
  }

  /** Gives `timestamp` its place: 40 ms from now, or after all that waits. */
  #anchor(timestamp: number): void {
    const place = Math.max(firstLead, this.depth) + this.#position;
    this.#offset = (place - timestamp) | 0;
    this.#anchored = true;
    this.#owed = 0;
    this.#lateRun = 0;
    this.#newWindow();
  }

  /** First sample of the packet that is still wanted; -1 = none. */
  #fitting(place: number, samples: number): number {
    const lead = (place - this.#position) | 0;
    if (lead + samples > capacity) return this.#refuse(); // only when more than a second waits
    if (lead + samples <= 0) {
      this.#holdBack = ++this.#lateInWindow > 1 && this.depth < deepest;
      if (++this.#lateRun >= lateRunLimit) this.restart();
      return this.#refuse();
    }
    this.#lateRun = 0;
    if (lead < this.#leastLead) this.#leastLead = lead;
    return lead < 0 ? -lead : 0;
  }

  #refuse(): -1 {
    this.late++;
    return -1;
  }

  #extend(end: number): void {
    if (((end - this.#end) | 0) > 0) this.#end = end | 0;
  }

  #makeUp(frame: Uint8Array): void {
    for (let at = 0; at < frameSamples; at++) frame[at] = this.#concealment.sample(at);
    this.#concealment.played(frame, frameSamples);
    this.#holdBack = false;
  }

  #underrun(frame: Uint8Array): void {
    this.#makeUp(frame);
    if (this.#anchored && this.#owed < capacity) this.#owed += frameSamples;
  }

  #play(frame: Uint8Array): void {
    let madeUp = 0;
    for (let at = 0; at < frameSamples; at++) {
      const spot = (this.#position + at) & mask;
      if (this.#there[spot] === 1) {
        frame[at] = this.#ring[spot] ?? 0;
        this.#there[spot] = 0;
      } else {
        frame[at] = this.#concealment.sample(at);
        madeUp++;
      }
    }
    this.#concealment.played(frame, madeUp);
    this.#position = (this.#position + frameSamples) | 0;
  }

  #shorten(): void {
    const forced = this.depth > tooDeep;
    if (this.depth < 2 * frameSamples || !(forced || (this.#surplus >= frameSamples && this.#nextIsSilent()))) return;
    for (let at = 0; at < frameSamples; at++) this.#there[(this.#position + at) & mask] = 0;
    this.#position = (this.#position + frameSamples) | 0;
    this.#surplus = Math.max(0, this.#surplus - frameSamples);
    this.shortened++;
  }

  /** Frames need not be aligned in the ring: its power is that of two stretches where it wraps. */
  #nextIsSilent(): boolean {
    const at = this.#position & mask;
    const first = Math.min(frameSamples, capacity - at);
    if (!isBelow(this.#codec, this.#ring, at, first, silentPower)) return false;
    return first === frameSamples || isBelow(this.#codec, this.#ring, 0, frameSamples - first, silentPower);
  }

  #judgeWindow(): void {
    const known = this.#leastLead !== noLead && this.#leastLead >= comfortableLead;
    this.#surplus = known ? this.#leastLead - firstLead : 0;
    this.#newWindow();
  }

  #newWindow(): void {
    this.#leastLead = noLead;
    this.#lateInWindow = 0;
    this.#windowLeft = windowFrames;
  }
}

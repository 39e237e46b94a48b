/**
 * Received audio on its timeline: a ring of 1,024 ms in which each sample has its place by RTP timestamp, so that packet times from
 * 10 to 60 ms, reordering and duplicates need no special case. It is read in frames of 20 ms.
 *
 *        position                 end
 *   ...played│████████░░░░████████│ . . . free . . .       █ there   ░ missing (made up)
 *            └─ lead of the newest packet when it arrives: 40 ms at first ─┘
 *
 * It is read in the talker's time, not in ours: who listens is a recorder, and for it audio that comes late is as good as punctual.
 * - Nothing there to read (underrun): it is waited for, up to 700 ms, and nothing is made up. If the audio was only late it follows where it
 *   belongs and the delay has grown by itself; if it never comes, the next packet shows how long the gap is. A peer that stays away longer
 *   is silent: frames are made up, for the time of waiting too, and the next packet closes up by as much.
 * - Packets that come after their place was read (overtaken by others) are lost; from the second in 2 s on, each makes the delay
 *   20 ms longer, up to 120 ms.
 * - Delay that the network no longer asks for (no packet came with less than 60 ms in hand for 2 s) is given back by reading
 *   faster. So the depth moves between 40 and about 120 ms with the network's jitter, and not a sample is added or left out.
 * - So much waits that the next packet might find no room (our own thread stood still for a second, and its packets come all at once): read at once, tick or not.
 * - A new SSRC, a timestamp that jumps ahead by more than the ring, or three packets in a row too late: placed anew after what is there.
 */
import { frameMs, frameSamples, maxPayloadBytes, samplesPerMs } from './audio-format.ts';
import type { CodecName } from './media-protocol.ts';
import type { ReceiveBuffer } from './receive-buffer.ts';
import { SampleRing, unheard } from './sample-ring.ts';

const capacity = 8192;
const firstLead = 40 * samplesPerMs;
const comfortableLead = 60 * samplesPerMs;
const deepest = 120 * samplesPerMs;
const tooDeep = 800 * samplesPerMs;
/** Below `tooDeep`, so that all that was waited for finds room. */
const patience = 700 * samplesPerMs;
const windowFrames = 2000 / frameMs;
const lateRunLimit = 3;
const noLead = 0x7fffffff;

export class JitterBuffer implements ReceiveBuffer {
  /** Packets that came after their time, or found the ring full. */
  late = 0;
  /** Frames read ahead of their tick to shorten the delay. */
  hastened = 0;
  readonly #ring = new SampleRing(capacity);
  #anchored = false;
  /** What must be added to an RTP timestamp to get its place. */
  #offset = 0;
  #position = 0;
  #end = 0;
  /** Samples waited for since the last that were read, and not made up. */
  #waited = 0;
  #patient = true;
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
    this.hastened = 0;
    this.#ring.begin(codec);
    this.#position = 0;
    this.#end = 0;
    this.restart();
    this.#newWindow();
  }

  /** What waits is kept and turned into the other law. */
  changeCodec(codec: CodecName): void {
    this.#ring.changeCodec(codec);
  }

  /** The next packet begins a new stream (SSRC or numbering changed); what waits is still played. */
  restart(): void {
    this.#anchored = false;
    this.#waited = 0;
    this.#patient = true;
    this.#owed = 0;
    this.#lateRun = 0;
    this.#holdBack = false;
    this.#surplus = 0;
  }

  /** Samples that wait, gaps included. */
  get depth(): number {
    return (this.#end - this.#position) | 0;
  }

  /** The next packet might find no room. */
  get full(): boolean {
    return this.depth > capacity - 2 * maxPayloadBytes;
  }

  /** Puts in bytes[at..at+samples) of a packet, turning each code by `table`. */
  insert(timestamp: number, bytes: Uint8Array, at: number, samples: number, table: Uint8Array | null): void {
    const place = this.#place(timestamp, samples);
    const from = this.#fitting(place, samples);
    if (from < 0) return;
    this.#ring.put(place, bytes, at, from, samples, table);
    this.#extend(place + samples);
  }

  /** The peer says that there is no audio in this stretch (it sent an event instead): silence, neither missing nor repeated. */
  insertSilence(timestamp: number, samples: number): void {
    this.insert(timestamp, this.#ring.silentPayload, 0, Math.min(samples, maxPayloadBytes), null);
  }

  /** The next 20 ms into frame[0..160), once a tick; false = none now: what is missing may still come. null = nobody hears them, and they pass. */
  pull(frame: Uint8Array | null): boolean {
    if (--this.#windowLeft === 0) this.#judgeWindow();
    if (this.depth < frameSamples) return this.#underrun(frame);
    if (this.#holdBack) return (this.#holdBack = false);
    this.#play(frame);
    return true;
  }

  /** Whether another frame is to be taken in the same tick, to give delay back. */
  hasten(): boolean {
    if (this.#catchUp()) return true;
    const wanted = this.depth >= 2 * frameSamples && (this.depth > tooDeep || this.#surplus >= frameSamples);
    if (!wanted) return false;
    this.#surplus = Math.max(0, this.#surplus - frameSamples);
    this.hastened++;
    return true;
  }

  /** What waits, to its end, 20 ms into frame[0..160) at a time; false = that was all. */
  drain(frame: Uint8Array): boolean {
    if (this.depth <= 0) return false;
    this.#play(frame);
    return true;
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

  /** Waiting was in vain: its time is made up as well. */
  #catchUp(): boolean {
    if (this.#patient || this.#waited === 0 || this.depth >= frameSamples) return false;
    this.#waited -= frameSamples;
    return true;
  }

  #underrun(frame: Uint8Array | null): boolean {
    if (this.#anchored && this.#patient) {
      this.#waited += frameSamples;
      this.#patient = this.#waited < patience;
      return false;
    }
    this.#ring.makeUp(frame ?? unheard);
    if (this.#anchored && this.#owed < capacity) this.#owed += frameSamples;
    return true;
  }

  #play(frame: Uint8Array | null): void {
    if (frame === null) this.#ring.skip(this.#position);
    else this.#ring.play(this.#position, frame);
    this.#position = (this.#position + frameSamples) | 0;
    this.#waited = 0;
    this.#patient = true;
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

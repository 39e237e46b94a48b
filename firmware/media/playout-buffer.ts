/**
 * Received audio for a conversation: it is played by a line's clock, a frame for each of the line's, come what may. (A recorder waits
 * for what is late, `jitter-buffer.ts`; who talks cannot.) A ring of 256 ms by RTP timestamp, at most 200 ms of it in use.
 *
 *   position                      end
 *      │████████░░░░████████        │        lead of a packet = its place - position when it comes = its time in hand
 *      └──────── at most 200 ms ────┘
 *
 * The least lead of each 2 s tells whether the delay fits the network and the two clocks. Below 10 ms it is made longer, above 50 ms
 * shorter, 5 ms at a time: where it is silent, else, after a second without silence, in speech. Nothing there to play: made up, and for the
 * first 60 ms the position waits, so that a network which has become slower is followed at once. What would wait longer than 200 ms
 * pushes the oldest out. All that is left out or given twice is counted.
 */
import { frameMs, frameSamples, maxPayloadBytes, samplesPerMs } from './audio-format.ts';
import { isBelow, powerOf } from './level.ts';
import type { CodecName, MediaStats } from './media-protocol.ts';
import type { ReceiveBuffer } from './receive-buffer.ts';
import { SampleRing } from './sample-ring.ts';

const capacity = 2048;
const firstLead = 40 * samplesPerMs;
const leastComfortable = 10 * samplesPerMs;
const mostComfortable = 50 * samplesPerMs;
/** Where a correction leads the least lead to. */
const wantedLead = 25 * samplesPerMs;
export const mostDelay = 200 * samplesPerMs;
const waitLimit = 60 * samplesPerMs;
const step = 5 * samplesPerMs;
const windowFrames = 2000 / frameMs;
const patienceFrames = 1000 / frameMs;
const lateRunLimit = 3;
const noLead = 0x7fffffff;
const silentDbm0 = -45;

export class PlayoutBuffer implements ReceiveBuffer {
  late = 0;
  readonly #ring = new SampleRing(capacity);
  readonly #silentPower = Float64Array.of(powerOf(silentDbm0));
  readonly #next = new Uint8Array(frameSamples);
  #anchored = false;
  /** What must be added to an RTP timestamp to get its place. */
  #offset = 0;
  #position = 0;
  #end = 0;
  /** Samples the position has waited since something was played. */
  #waited = 0;
  #lateRun = 0;
  #leastLead = noLead;
  #windowLeft = windowFrames;
  /** Samples by which the delay is to become longer (+) or shorter (-). */
  #wanted = 0;
  #patience = patienceFrames;
  #dropped = 0;
  #repeated = 0;
  #mostDelay = 0;

  begin(codec: CodecName): void {
    this.late = 0;
    this.#dropped = 0;
    this.#repeated = 0;
    this.#mostDelay = 0;
    this.#ring.begin(codec);
    this.#position = 0;
    this.#end = 0;
    this.restart();
  }

  changeCodec(codec: CodecName): void {
    this.#ring.changeCodec(codec);
  }

  restart(): void {
    this.#anchored = false;
    this.#waited = 0;
    this.#lateRun = 0;
    this.#wanted = 0;
    this.#newWindow();
  }

  /** Samples that wait, gaps included. */
  get depth(): number {
    return Math.max(0, (this.#end - this.#position) | 0);
  }

  get stats(): Pick<MediaStats, 'playoutDroppedMs' | 'playoutRepeatedMs' | 'playoutDelayMs' | 'playoutMostDelayMs'> {
    const ms = (samples: number): number => Math.round(samples / samplesPerMs);
    return { playoutDroppedMs: ms(this.#dropped), playoutRepeatedMs: ms(this.#repeated), playoutDelayMs: ms(this.depth), playoutMostDelayMs: ms(this.#mostDelay) };
  }

  insert(timestamp: number, bytes: Uint8Array, at: number, samples: number, table: Uint8Array | null): void {
    const place = this.#place(timestamp, samples);
    const lead = (place - this.#position) | 0;
    if (lead + samples <= 0) return this.#refuse();
    this.#lateRun = 0;
    if (lead < this.#leastLead) this.#leastLead = lead;
    this.#ring.put(place, bytes, at, Math.max(0, -lead), samples, table);
    if (((place + samples - this.#end) | 0) > 0) this.#end = (place + samples) | 0;
    if (this.depth > this.#mostDelay) this.#mostDelay = this.depth;
  }

  insertSilence(timestamp: number, samples: number): void {
    this.insert(timestamp, this.#ring.silentPayload, 0, Math.min(samples, maxPayloadBytes), null);
  }

  /** The next 20 ms into frame[0..160). */
  pull(frame: Uint8Array): void {
    if (--this.#windowLeft === 0) this.#judgeWindow();
    if (this.depth <= 0) return this.#underrun(frame);
    this.#waited = 0;
    if (this.#wanted !== 0 && this.#mayCorrect()) this.#correct();
    this.#play(frame);
  }

  /** Of a packet. One that would wait too long pushes the oldest out; one that jumps farther than that begins anew. */
  #place(timestamp: number, samples: number): number {
    if (!this.#anchored) this.#anchor(timestamp);
    const place = (timestamp + this.#offset) | 0;
    const over = ((place - this.#position) | 0) + samples - mostDelay;
    if (over <= 0) return place;
    if (over > mostDelay) this.#anchor(timestamp);
    else this.#skip(over);
    return (timestamp + this.#offset) | 0;
  }

  /** 40 ms from now, or after all that waits. */
  #anchor(timestamp: number): void {
    if (this.depth > mostDelay / 2) this.#skip(this.depth - firstLead);
    this.#offset = (Math.max(firstLead, this.depth) + this.#position - timestamp) | 0;
    this.#anchored = true;
    this.#lateRun = 0;
    this.#wanted = 0;
    this.#newWindow();
  }

  /** Nothing of the next `samples` is played. */
  #skip(samples: number): void {
    this.#ring.forget(this.#position, samples);
    this.#position = (this.#position + samples) | 0;
    this.#dropped += samples;
    if (((this.#end - this.#position) | 0) < 0) this.#end = this.#position;
  }

  #refuse(): void {
    this.late++;
    this.#leastLead = Math.min(this.#leastLead, 0);
    if (++this.#lateRun >= lateRunLimit) this.restart();
  }

  #underrun(frame: Uint8Array): void {
    this.#ring.makeUp(frame);
    if (!this.#anchored) return;
    if (this.#waited < waitLimit) {
      this.#waited += frameSamples;
      this.#repeated += frameSamples;
      return;
    }
    this.#position = (this.#position + frameSamples) | 0;
    this.#end = this.#position;
  }

  /** Where it is silent at once; in speech when that has not come for a second. */
  #mayCorrect(): boolean {
    this.#ring.look(this.#position, this.#next);
    if (!isBelow(this.#ring.codec, this.#next, 0, frameSamples, this.#silentPower) && --this.#patience > 0) return false;
    this.#patience = patienceFrames;
    return true;
  }

  #correct(): void {
    const samples = Math.min(step, Math.abs(this.#wanted));
    if (this.#wanted < 0) this.#skip(Math.min(samples, this.depth));
    else this.#stepBack(samples);
    this.#wanted -= Math.sign(this.#wanted) * samples;
    if (this.#wanted === 0) this.#newWindow(); // leads measured before say nothing any more
  }

  /** The first samples of what is next are there twice: the copies before it are played first. */
  #stepBack(samples: number): void {
    this.#ring.repeat(this.#position, samples);
    this.#position = (this.#position - samples) | 0;
    this.#repeated += samples;
  }

  #play(frame: Uint8Array): void {
    this.#ring.play(this.#position, frame);
    this.#position = (this.#position + frameSamples) | 0;
    if (((this.#end - this.#position) | 0) < 0) this.#end = this.#position;
  }

  #judgeWindow(): void {
    const least = this.#leastLead;
    const fits = least === noLead || (least >= leastComfortable && least <= mostComfortable);
    this.#newWindow();
    if (fits || this.#wanted !== 0) return;
    this.#wanted = Math.min(wantedLead - least, mostDelay - this.depth);
    this.#patience = patienceFrames;
  }

  #newWindow(): void {
    this.#leastLead = noLead;
    this.#windowLeft = windowFrames;
  }
}

/**
 * What is known about one RTP stream received: sequence cycles, losses, duplicates, jitter (RFC 3550 sections 6.4.1, A.1, A.3, A.8).
 * All state is whole numbers; nothing is allocated per packet.
 */
import { RecentNumbers } from './recent-numbers.ts';

/** `restarted`: the sender jumped, or was on hold; losses before it stand, counting begins anew with this packet. */
export type Arrival = 'accepted' | 'duplicate' | 'restarted' | 'refused';

const maxDropout = 3000; // larger steps forward are a restart, not losses
const maxMisorder = 100; // fewer than are remembered to tell duplicates

export class Reception {
  ssrc = 0;
  heard = false;
  /** Valid packets of this stream and those before it in the session, duplicates included. */
  received = 0;
  duplicates = 0;
  #base = 0;
  /** Highest sequence number with its cycles. */
  #highest = 0;
  #badNext = -1;
  #paused = false;
  #transit = 0;
  /** Jitter x 16, in timestamp units. */
  #jitter = 0;
  #receivedBefore = 0;
  #lostBefore = 0;
  #expectedReported = 0;
  #receivedReported = 0;
  readonly #seen = new RecentNumbers();

  reset(): void {
    this.heard = false;
    this.#paused = false;
    this.received = 0;
    this.duplicates = 0;
    this.#lostBefore = 0;
    this.#receivedBefore = 0;
    this.#jitter = 0;
    this.#highest = 0;
    this.#expectedReported = 0;
    this.#receivedReported = 0;
  }

  /** The source changed its SSRC or its numbering: `sequence` is the first of the new stream. */
  begin(ssrc: number, sequence: number): void {
    this.#lostBefore = this.heard ? this.#lost() : 0;
    this.#receivedBefore = this.received - this.duplicates;
    this.ssrc = ssrc;
    this.heard = true;
    this.#paused = false;
    this.#base = sequence;
    this.#highest = sequence - 1;
    this.#badNext = -1;
    this.#transit = 0;
    this.#seen.clear();
    this.#expectedReported = 0;
    this.#receivedReported = 0;
  }

  /** Nothing is taken in for a while (hold): what the peer sends meanwhile is not lost, whatever the numbers say afterwards. */
  pause(): void {
    this.#paused = this.heard;
  }

  /** Judges the next packet of the stream that `begin` named. `refused`: a lone wild number; a second in its sequence restarts. */
  arrive(sequence: number): Arrival {
    if (this.#paused) return this.#restart(sequence);
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead >= maxDropout && ahead < 0x10000 - maxMisorder) return this.#wild(sequence);
    const extended = ahead < maxDropout ? this.#highest + ahead : this.#highest + ahead - 0x10000;
    return this.#count(extended);
  }

  #count(extended: number): Arrival {
    this.received++;
    this.#badNext = -1;
    if (extended > this.#highest) {
      this.#seen.advance(extended - this.#highest);
      this.#highest = extended;
    } else if (!this.#seen.add(this.#highest - extended)) {
      this.duplicates++;
      return 'duplicate';
    }
    if (extended < this.#base) this.#base = extended; // overtaken before anything was heard
    return 'accepted';
  }

  #wild(sequence: number): Arrival {
    if (sequence !== this.#badNext) {
      this.#badNext = (sequence + 1) & 0xffff;
      return 'refused';
    }
    return this.#restart(sequence);
  }

  #restart(sequence: number): Arrival {
    this.begin(this.ssrc, sequence);
    this.#count(sequence);
    return 'restarted';
  }

  /** Takes an audio packet into the jitter estimate. `arrivalUnits`: arrival time in timestamp units, modulo 2^32. */
  time(arrivalUnits: number, timestamp: number): void {
    const transit = (arrivalUnits - timestamp) | 0;
    const step = this.#transit === 0 ? 0 : Math.abs((transit - this.#transit) | 0);
    this.#transit = transit;
    if (step < 0x10000) this.#jitter += step - ((this.#jitter + 8) >> 4); // larger: the sender set its timestamps anew
  }

  get jitterUnits(): number {
    return this.#jitter >> 4;
  }

  /** Packets that never came, over the session; falls when an overtaken one comes after all. */
  get lost(): number {
    return this.heard ? this.#lost() : 0;
  }

  /** Highest sequence number with cycles, as the report block wants it. */
  get extendedHighest(): number {
    return this.#highest;
  }

  /** Share lost since the last call, in 256ths (RFC 3550 A.3). Call once per report. */
  takeFractionLost(): number {
    const expected = this.#highest - this.#base + 1;
    const received = this.received - this.duplicates - this.#receivedBefore;
    const expectedNow = expected - this.#expectedReported;
    const lostNow = expectedNow - (received - this.#receivedReported);
    this.#expectedReported = expected;
    this.#receivedReported = received;
    return expectedNow > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0;
  }

  #lost(): number {
    const expected = this.#highest - this.#base + 1;
    const received = this.received - this.duplicates - this.#receivedBefore;
    return this.#lostBefore + Math.max(0, expected - received);
  }
}

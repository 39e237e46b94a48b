/**
 * Which packets of silence are sent while a caller is recorded: half of all the traffic of a voicemail, and nobody hears it. RTP allows it (RFC 3551 section 4.1: a pause in the sequence of timestamps, the marker after it). Those that remain
 * keep address translators and the other side's watch for silence content (RFC 6263).
 *
 *   played  | silence in full, `inFullMs` | one packet every `everyMs` ...
 */
const inFullMs = 1000;

export class SilenceThinning {
  readonly #everyMs: number;
  #silentMs = 0;
  #sinceSentMs = 0;

  /** `everyMs` no longer than a packet: all are sent. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Something is played, nothing is recorded, or the stream begins. */
  reset(): void {
    this.#silentMs = 0;
    this.#sinceSentMs = 0;
  }

  /** A packet of `ms` of silence is due. True: it is to be sent. */
  sends(ms: number): boolean {
    this.#silentMs = Math.min(inFullMs + ms, this.#silentMs + ms);
    this.#sinceSentMs += ms;
    if (this.#silentMs <= inFullMs || this.#sinceSentMs >= this.#everyMs) {
      this.#sinceSentMs = 0;
      return true;
    }
    return false;
  }
}

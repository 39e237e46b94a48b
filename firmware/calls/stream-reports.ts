import type { Clock, Timer } from '../../hal/clock.ts';
import type { RtpStream } from '../media/media-protocol.ts';
import type { MediaChannel } from './media-channel.ts';
import { SentStream } from './sent-stream.ts';

/** How often the media thread is asked how far it is with a call that may move, in milliseconds. */
const reportMs = 1000;

/** Asks how far a call's stream is, once a second and before a move: that must be known when this unit is no more. */
export class StreamReports {
  readonly #clock: Clock;
  readonly #stream = new SentStream();
  /** Who waits for which report. */
  readonly #waiting: { readonly report: number; readonly told: () => void }[] = [];
  #asked = 0;
  #came = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(channel: MediaChannel): void {
    this.#ask(channel);
    this.#timer = this.#clock.after('call-report', reportMs, () => this.begin(channel));
  }

  /** Resolves when the stream as it is now, and the audio gathered so far, are here. */
  fresh(channel: MediaChannel): Promise<void> {
    return new Promise((resolve) => {
      channel.handOver();
      this.#ask(channel);
      this.#waiting.push({ report: this.#asked, told: resolve });
    });
  }

  /** Whether it tells something new. */
  came(stream: RtpStream, ptimeMs: number): boolean {
    this.#came++;
    const first = this.#waiting[0];
    const awaited = first !== undefined && first.report <= this.#came;
    const news = this.#stream.reported(stream, this.#clock.monotonic(), ptimeMs, awaited);
    if (awaited) this.#waiting.shift()?.told();
    return news;
  }

  /** For a record. */
  at(): ReturnType<SentStream['at']> {
    return this.#stream.at(this.#clock.monotonic());
  }

  end(): void {
    this.#timer?.cancel();
    for (const { told } of this.#waiting.splice(0)) told();
  }

  #ask(channel: MediaChannel): void {
    this.#asked++;
    channel.report();
  }
}

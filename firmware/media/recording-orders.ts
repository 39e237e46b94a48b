/**
 * What a session's recording is ordered to do, with the audio that belongs before the order: what the peer said waits in a buffer, and
 * in a thread that stood still in the kernel too.
 */
import { frameSamples } from './audio-format.ts';
import type { CodecName, RecordSettings } from './media-protocol.ts';
import type { Recorder } from './recorder.ts';
import type { RtpWay } from './rtp-way.ts';
import type { SessionWay } from './session-way.ts';

/** The session, as its recording sees it. */
export interface RecordedSession {
  readonly way: SessionWay;
  readonly usesRtp: boolean;
}

/** What is heard last of a recording, of whatever port. */
const lastFrame = new Uint8Array(frameSamples);

export class RecordingOrders {
  readonly #recorder: Recorder;
  readonly #rtp: RtpWay;
  readonly #session: RecordedSession;

  constructor(recorder: Recorder, rtp: RtpWay, session: RecordedSession) {
    this.#recorder = recorder;
    this.#rtp = rtp;
    this.#session = session;
  }

  begin(record: RecordSettings): void {
    this.#recorder.begin(record, this.#session.way.codec, this.#session.way.missing);
  }

  /** Begins when what plays has been heard. */
  arm(record: RecordSettings): void {
    this.#recorder.arm(record);
  }

  /** What plays is over; `heard` to its end. */
  release(heard: boolean): void {
    this.#recorder.release(heard, this.#session.way.codec, this.#session.way.missing);
  }

  handOver(): void {
    this.#recorder.handOver(this.#session.way.missing);
  }

  stop(): void {
    this.fetch();
    this.#hearTheRest();
    this.#recorder.stop(this.#session.way.missing);
  }

  /** On hold the line of a joined session is still heard. */
  interrupt(): void {
    if (this.#session.way === this.#rtp) this.#recorder.interrupt();
  }

  changeCodec(codec: CodecName): void {
    if (this.#session.way === this.#rtp) this.#recorder.changeCodec(codec, this.#session.way.missing);
  }

  /** What waits was said before the key, unless the key is in the audio itself (`inBand`): then it is the tone. */
  key(digit: string, inBand: boolean): void {
    if (!inBand && this.#recorder.stopsOn(digit)) this.#hearTheRest();
    this.#recorder.digit(digit, this.#session.way.missing);
  }

  /** An order may overtake what was said before it: a thread that stood still finds both at once. */
  fetch(): void {
    if (this.#recorder.recording && this.#session.usesRtp) this.#rtp.fetch();
  }

  /** Before a key that was sent as an order. */
  fetchBefore(digit: string): void {
    if (this.#recorder.stopsOn(digit)) this.fetch();
  }

  /** A recording ends with what the peer said last, not with what was heard of it: that is the buffer's delay behind. */
  #hearTheRest(): void {
    while (this.#recorder.recording && this.#session.way.drain(lastFrame)) this.#recorder.frame(lastFrame, this.#session.way.missing);
  }
}

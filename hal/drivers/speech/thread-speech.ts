import { HalError } from '../../errors.ts';
import type { Clock, Timer } from '../../clock.ts';
import type { Speech } from '../../speech.ts';
import type { ThreadPort } from '../../worker.ts';
import type { SpeechAnswer, SpeechOrder } from './speech-protocol.ts';

export type SpeechThread = ThreadPort<SpeechAnswer, SpeechOrder>;

interface Job {
  readonly resolve: (ulaw: Uint8Array) => void;
  readonly reject: (error: HalError) => void;
  readonly limit: Timer;
}

/** Speaks in a thread of its own, made at the first text and ended by `rest`, by a text that takes too long, or by its own failure. */
export class ThreadSpeech implements Speech {
  readonly #clock: Clock;
  readonly #spawn: () => SpeechThread;
  #thread: SpeechThread | null = null;
  #job: Job | null = null;

  constructor(clock: Clock, spawn: () => SpeechThread) {
    this.#clock = clock;
    this.#spawn = spawn;
  }

  speak(text: string, language: string, limitMs: number): Promise<Uint8Array> {
    if (this.#job !== null) return Promise.reject(new HalError('busy', 'speech', 'another text is being spoken'));
    return new Promise((resolve, reject) => {
      const late = (): void => this.#giveUp(new HalError('timed-out', 'speech', `a text of ${text.length} characters was not spoken within ${limitMs} ms`));
      this.#job = { resolve, reject, limit: this.#clock.after('speech', limitMs, late) };
      this.#thread ??= this.#begin();
      this.#thread.send({ text, language });
    });
  }

  rest(): void {
    this.#giveUp(new HalError('closed', 'speech', 'the synthesiser was put to rest'));
  }

  #begin(): SpeechThread {
    const thread = this.#spawn();
    thread.received = (answer) => this.#answered(answer);
    thread.lost = (reason) => {
      if (this.#thread === thread) this.#giveUp(new HalError('io', 'speech', `the thread that speaks was lost: ${reason}`));
    };
    return thread;
  }

  #answered(answer: SpeechAnswer): void {
    const job = this.#over();
    if (answer.type === 'spoken') job?.resolve(answer.ulaw);
    else job?.reject(new HalError(answer.unsupported ? 'unsupported' : 'io', 'speech', answer.detail));
  }

  /** What is in the middle of a text hears no order: only its end stops it. */
  #giveUp(error: HalError): void {
    this.#thread?.close();
    this.#thread = null;
    this.#over()?.reject(error);
  }

  #over(): Job | null {
    const job = this.#job;
    this.#job = null;
    job?.limit.cancel();
    return job;
  }
}

import type { KeyStep } from '../../../firmware/console/key-script.ts';
import type { LineCall } from '../../../firmware/console/parts/far-ends-console.ts';
import type { Clock } from '../../../hal/clock.ts';
import { toUlaw, ulawDecode } from '../../../hal/g711.ts';
import { BeepDetector } from '../phone/beep-detector.ts';
import type { SimLineNews, SimLineOrder } from './line-orders.ts';

export interface LineCallerParts {
  readonly clock: Clock;
  readonly tell: (line: string) => void;
  /** To the far end of the line that is called. */
  readonly order: (order: SimLineOrder extends infer Order ? (Order extends { place: string } ? Omit<Order, 'place'> : never) : never) => void;
}

/** A caller gives up after so long without an answer, in milliseconds. */
const patienceMs = 90_000;
const longestCallMs = 15 * 60_000;
const keyMs = 200;
/** Said after the words, so that they are not cut. */
const breathMs = 300;

/** One call that comes in on a simulated trunk line: rings, does what the script says, hangs up. */
export class LineCaller {
  readonly #parts: LineCallerParts;
  readonly #call: LineCall;
  readonly #speech: Uint8Array | null;
  readonly #beep = new BeepDetector();
  #answered = false;
  /** How it ended; null = it goes on. */
  #end: string | null = null;
  /** What is waited for: the answer, the beep, a pause. */
  #wake: (() => void) | null = null;
  #hears: 'answer' | 'beep' | 'time' = 'answer';

  constructor(parts: LineCallerParts, call: LineCall, speech: Int16Array | null) {
    this.#parts = parts;
    this.#call = call;
    this.#speech = speech === null ? null : Uint8Array.from(speech, toUlaw);
  }

  /** Resolves to a sentence: who ended it and why. */
  async run(signal: AbortSignal): Promise<string> {
    const { order } = this.#parts;
    const stop = (): void => this.#over('interrupted');
    signal.addEventListener('abort', stop);
    const limit = this.#parts.clock.after('line caller', longestCallMs, () => this.#over('the test call took too long'));
    order({ act: 'listen', on: true });
    order({ act: 'ring', callerId: this.#call.callerId });
    await this.#wait('answer', patienceMs);
    if (this.#answered) await this.#work();
    else this.#over('nobody answered');
    signal.removeEventListener('abort', stop);
    limit.cancel();
    order({ act: 'hang-up' });
    order({ act: 'listen', on: false });
    return this.#end ?? 'the test call is done';
  }

  news(news: SimLineNews): void {
    if (news.news === 'answered') this.#taken();
    else if (news.news === 'released' && this.#answered) this.#over('the unit hung up');
    else if (news.news === 'heard' && this.#beep.feed(Int16Array.from(news.codes, (code) => ulawDecode[code] as number)) && this.#hears === 'beep') this.#wake?.();
  }

  #taken(): void {
    this.#answered = true;
    this.#parts.tell('answered');
    if (this.#hears === 'answer') this.#wake?.();
  }

  /** Without steps the unit has to end the call. */
  async #work(): Promise<void> {
    for (const step of this.#call.steps) if (this.#end === null) await this.#do(step);
    if (this.#call.steps.length === 0) await this.#wait('time', longestCallMs);
  }

  async #do(step: KeyStep): Promise<void> {
    if (step.kind === 'wait') return this.#wait('time', step.ms);
    if (step.kind === 'speak') return this.#speak();
    this.#parts.tell(`keys ${step.digits}`);
    this.#parts.order({ act: 'keys', keys: step.digits, via: 'dtmf' });
    return this.#wait('time', step.digits.length * keyMs);
  }

  async #speak(): Promise<void> {
    await this.#wait('beep', longestCallMs);
    const codes = this.#speech;
    if (this.#end !== null || codes === null) return;
    this.#parts.tell(`heard the beep, speaks for ${(codes.length / 8000).toFixed(1)} s`);
    this.#parts.order({ act: 'speak', codes });
    await this.#wait('time', codes.length / 8 + breathMs);
  }

  #wait(hears: 'answer' | 'beep' | 'time', ms: number): Promise<void> {
    if (this.#end !== null) return Promise.resolve();
    this.#hears = hears;
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after('line caller waits', ms, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #over(why: string): void {
    this.#end ??= why;
    this.#wake?.();
  }
}

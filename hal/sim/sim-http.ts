import type { Clock } from '../clock.ts';
import { HalError, type HalErrorId } from '../errors.ts';
import { isHttps, type HttpAnswer, type HttpClient, type HttpQuestion } from '../http.ts';

/** A web that answers as the test says; what it does not know is not found (404). */
export class SimHttp implements HttpClient {
  readonly asked: HttpQuestion[] = [];
  /** Every question fails with this. */
  fails: HalErrorId | null = null;
  /** Each answer takes so long. */
  slowMs = 0;
  readonly #clock: Clock;
  readonly #pages = new Map<string, (question: HttpQuestion) => Partial<HttpAnswer>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  page(url: string, answer: (question: HttpQuestion) => Partial<HttpAnswer>): void {
    this.#pages.set(url, answer);
  }

  async get(question: HttpQuestion): Promise<HttpAnswer> {
    const { url, timeoutMs, mostBytes } = question;
    if (!isHttps(url)) throw new HalError('unsupported', url, 'only https is spoken');
    this.asked.push(question);
    await new Promise<void>((resolve) => void this.#clock.after('sim-http', Math.min(this.slowMs, timeoutMs), resolve));
    if (this.fails !== null) throw new HalError(this.fails, url, 'as the test asked');
    if (this.slowMs > timeoutMs) throw new HalError('timed-out', url, `there was no whole answer within ${timeoutMs} ms`);
    const answer = { status: 200, headers: {}, body: new Uint8Array(0), ...(this.#pages.get(url)?.(question) ?? { status: 404 }) };
    if (answer.body.length > mostBytes) throw new HalError('too-large', url, `the answer has more than ${mostBytes} bytes`);
    return answer;
  }
}

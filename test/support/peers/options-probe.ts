import { companion } from '../../contract/companion.ts';
import { Program } from './program.ts';

export interface ProbeAnswer {
  /** Wall time, milliseconds. */
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly status: number;
}

/** What is asked: OPTIONS, or a call that is hung up as soon as it is answered. */
export type Question = 'options' | 'invite';

/** Somebody in a network namespace who asks an address every few milliseconds whether it serves. */
export class OptionsProbe {
  readonly #program: Program;

  constructor(namespace: string, target: string, everyMs: number, own: string, limitMs: number, question: Question = 'options') {
    const child = companion(`test/peers/${question}-probe.child.ts`);
    this.#program = new Program('ip', ['netns', 'exec', namespace, process.execPath, child, target, String(everyMs), own], { limitMs });
  }

  /** Answers so far, oldest first; of the last million characters of what it said. */
  get answers(): ProbeAnswer[] {
    return this.#lines.filter(({ status }) => status !== 0);
  }

  /** When the first question was answered 200 that was asked after `sinceMs`. Errors: none within the limit. */
  async servedAfter(sinceMs: number, limitMs: number): Promise<ProbeAnswer> {
    const found = (): ProbeAnswer | undefined => this.answers.find(({ askedMs, status }) => askedMs > sinceMs && status === 200);
    await this.#program.until('an answer 200', () => found() !== undefined, limitMs);
    return found() as ProbeAnswer;
  }

  /** The longest time between two answers 200 since then, up to another time. */
  longestGapMs(sinceMs: number, untilMs = Infinity): number {
    const served = this.answers.filter(({ answeredMs, status }) => answeredMs > sinceMs && answeredMs <= untilMs && status === 200);
    const times = [sinceMs, ...served.map(({ answeredMs }) => answeredMs)];
    return times.slice(1).reduce((most, at, index) => Math.max(most, at - (times[index] as number)), 0);
  }

  /**
   * What became of the questions asked between two times: how many were not answered 200, and how long somebody who asks again and
   * again waited at most for an answer 200. When this machine is so busy that nobody asks, nobody waits.
   */
  waits(sinceMs: number, untilMs: number): { readonly unserved: number; readonly longestMs: number } {
    const lines = this.#lines.filter(({ askedMs }) => askedMs > sinceMs);
    const served = lines.filter(({ status }) => status === 200);
    const answeredAt = new Map(served.map(({ askedMs, answeredMs }) => [askedMs, answeredMs]));
    const asked = lines.filter(({ askedMs, status }) => status === 0 && askedMs <= untilMs).map(({ askedMs }) => askedMs);
    const ends = asked.map((askedMs) => served.find((one) => one.askedMs >= askedMs)?.answeredMs ?? Infinity);
    const unserved = asked.filter((askedMs) => !answeredAt.has(askedMs)).length;
    return { unserved, longestMs: ends.reduce((most, endMs, index) => Math.max(most, endMs - (asked[index] as number)), 0) };
  }

  /** When the first question was asked whose answer was none of service; Infinity = there was none. */
  refusedAfter(sinceMs: number): number {
    return this.answers.find(({ askedMs, status }) => askedMs > sinceMs && status !== 200)?.askedMs ?? Infinity;
  }

  get #lines(): ProbeAnswer[] {
    return this.#program.stdout.split('\n').flatMap((line) => {
      const [askedMs, answeredMs, status] = line.split(' ').map(Number);
      return askedMs === undefined || answeredMs === undefined || status === undefined ? [] : [{ askedMs, answeredMs, status }];
    });
  }

  stop(): Promise<unknown> {
    return this.#program.stop();
  }
}

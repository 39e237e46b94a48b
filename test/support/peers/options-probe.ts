import { companion } from '../../contract/companion.ts';
import { Program } from './program.ts';

export interface ProbeAnswer {
  /** Wall time, milliseconds. */
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly status: number;
}

/** Somebody in a network namespace who asks an address every few milliseconds whether it serves. */
export class OptionsProbe {
  readonly #program: Program;

  constructor(namespace: string, target: string, everyMs: number, own: string, limitMs: number) {
    const child = companion('test/peers/options-probe.child.ts');
    this.#program = new Program('ip', ['netns', 'exec', namespace, process.execPath, child, target, String(everyMs), own], { limitMs });
  }

  /** Answers so far, oldest first; the last million characters of them. */
  get answers(): ProbeAnswer[] {
    return this.#program.stdout.split('\n').flatMap((line) => {
      const [askedMs, answeredMs, status] = line.split(' ').map(Number);
      return askedMs === undefined || answeredMs === undefined || status === undefined ? [] : [{ askedMs, answeredMs, status }];
    });
  }

  /** When the first question was answered 200 that was asked after `sinceMs`. Errors: none within the limit. */
  async servedAfter(sinceMs: number, limitMs: number): Promise<ProbeAnswer> {
    const found = (): ProbeAnswer | undefined => this.answers.find(({ askedMs, status }) => askedMs > sinceMs && status === 200);
    await this.#program.until('an answer 200', () => found() !== undefined, limitMs);
    return found() as ProbeAnswer;
  }

  /** The longest time between two answers 200 since then. */
  longestGapMs(sinceMs: number): number {
    const times = [sinceMs, ...this.answers.filter(({ answeredMs, status }) => answeredMs > sinceMs && status === 200).map(({ answeredMs }) => answeredMs)];
    return times.slice(1).reduce((most, at, index) => Math.max(most, at - (times[index] as number)), 0);
  }

  stop(): Promise<unknown> {
    return this.#program.stop();
  }
}

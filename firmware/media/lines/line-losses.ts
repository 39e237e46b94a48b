/** Under- and overruns of a line: counted, and told once a second at the most, each time with all that came since. */
import type { Clock } from '../../../hal/clock.ts';
import type { LineEvent } from '../../../hal/line.ts';

const tellEveryMs = 1000;

type Loss = 'underrun' | 'overrun';

export class LineLosses {
  /** Samples. */
  underruns = 0;
  overruns = 0;
  readonly #clock: Clock;
  readonly #tell: (event: LineEvent) => void;
  readonly #untold: Record<Loss, number> = { underrun: 0, overrun: 0 };
  readonly #toldMs: Record<Loss, number> = { underrun: -Infinity, overrun: -Infinity };

  constructor(clock: Clock, tell: (event: LineEvent) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  add({ type, samples, sample }: Extract<LineEvent, { type: Loss }>): void {
    if (type === 'underrun') this.underruns += samples;
    else this.overruns += samples;
    this.#untold[type] += samples;
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#toldMs[type] < tellEveryMs) return;
    this.#toldMs[type] = nowMs;
    this.#tell({ sample, type, samples: this.#untold[type] });
    this.#untold[type] = 0;
  }
}

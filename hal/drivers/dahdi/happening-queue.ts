import type { HalError } from '../../errors.ts';
import type { LineEvent, LineHappening } from '../../line.ts';

/** What a line tells, in order, and never from inside a call of it. */
export class HappeningQueue {
  happened: ((event: LineEvent) => void) | null = null;
  lost: ((error: HalError) => void) | null = null;
  readonly #waiting: LineEvent[] = [];
  #loss: HalError | null = null;
  #due = false;
  #closed = false;

  tell(happening: LineHappening, sample: number): void {
    if (this.#closed || this.#loss !== null) return;
    this.#waiting.push({ ...happening, sample });
    this.#later();
  }

  /** The last that is told. */
  lose(error: HalError): void {
    if (this.#closed || this.#loss !== null) return;
    this.#loss = error;
    this.#later();
  }

  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
  }

  #later(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    this.#due = false;
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) this.happened?.(event);
    if (this.#closed || this.#loss === null) return;
    this.close();
    this.lost?.(this.#loss);
  }
}

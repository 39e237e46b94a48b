import type { MonotonicMs, Timer, WallMs } from '../../../hal/clock.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

interface Waiting extends Timer {
  readonly order: number;
  readonly fire: () => void;
  over: boolean;
}

const startWallMs = Date.UTC(2026, 0, 5, 9, 0, 0);

/**
 * Virtual time for thousands of runs: a heap in place of a search, and promises are given a turn only after a timer that says
 * that it may have started some (`promises`), since a turn of the event loop costs more than all else.
 */
export class FastClock extends SimClock {
  promises = false;
  #nowMs = 0;
  #wallOffset = startWallMs;
  #order = 0;
  readonly #heap: Waiting[] = [];

  override monotonic(): MonotonicMs {
    return this.#nowMs as MonotonicMs;
  }

  override wall(): WallMs {
    return (this.#nowMs + this.#wallOffset) as WallMs;
  }

  override stepWall(byMs: number): void {
    this.#wallOffset += byMs;
  }

  override after(name: string, delayMs: number, fire: () => void): Timer {
    const waiting: Waiting = { name, dueMs: (this.#nowMs + Math.max(0, delayMs)) as MonotonicMs, order: this.#order++, fire, over: false, cancel: () => void (waiting.over = true) };
    this.#push(waiting);
    return waiting;
  }

  override pending(): readonly Timer[] {
    return this.#heap.filter(({ over }) => !over);
  }

  override async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    if (this.promises) await this.#turn();
    for (let next = this.#heap[0]; next !== undefined && next.dueMs <= until; next = this.#heap[0]) {
      this.#pop();
      if (next.over) continue;
      next.over = true;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fire();
      if (this.promises) await this.#turn();
    }
    this.#nowMs = until;
  }

  async #turn(): Promise<void> {
    this.promises = false;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #push(waiting: Waiting): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(waiting);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(heap[parent] as Waiting, waiting)) break;
      heap[at] = heap[parent] as Waiting;
      at = parent;
    }
    heap[at] = waiting;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Waiting;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Waiting, heap[child] as Waiting)) child++;
      if (before(last, heap[child] as Waiting)) break;
      heap[at] = heap[child] as Waiting;
      at = child;
    }
    heap[at] = last;
  }
}

const before = (one: Waiting, other: Waiting): boolean => one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);

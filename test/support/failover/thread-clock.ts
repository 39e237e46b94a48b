import type { Clock, MonotonicMs, Timer, WallMs } from '../../../hal/clock.ts';
import type { FastClock } from './fast-clock.ts';

/**
 * The clock of one thread that may stop for a while (a hang, SIGSTOP, a virtual machine that is moved) or for good. What falls
 * due meanwhile happens when it runs again: timers and messages first, then what came to its sockets, as libuv has it.
 */
export class ThreadClock implements Clock {
  readonly #base: FastClock;
  readonly #promises: boolean;
  #stopped = false;
  #dead = false;
  #late: (() => void)[] = [];
  #arrived: (() => void)[] = [];
  readonly #timers = new Set<Timer>();
  wallOffsetMs = 0;

  /** `promises`: what runs here may start some. */
  constructor(base: FastClock, promises: boolean) {
    this.#base = base;
    this.#promises = promises;
  }

  get running(): boolean {
    return !this.#stopped && !this.#dead;
  }

  monotonic(): MonotonicMs {
    return this.#base.monotonic();
  }

  wall(): WallMs {
    return (this.#base.wall() + this.wallOffsetMs) as WallMs;
  }

  after(name: string, delayMs: number, fire: () => void): Timer {
    let cancelled = false;
    const timer = this.#base.after(name, delayMs, () => {
      this.#timers.delete(handle);
      this.run(() => cancelled || fire());
    });
    const handle: Timer = {
      name,
      dueMs: timer.dueMs,
      cancel: () => {
        cancelled = true;
        timer.cancel();
        this.#timers.delete(handle);
      },
    };
    this.#timers.add(handle);
    return handle;
  }

  pending(): readonly Timer[] {
    return [...this.#timers];
  }

  run(work: () => void): void {
    if (this.#dead) return;
    if (this.#stopped) return void this.#late.push(work);
    if (this.#promises) this.#base.promises = true;
    work();
  }

  /** A packet; the socket's buffer holds so many while the thread stands. */
  arrive(work: () => void): void {
    if (this.#stopped && !this.#dead) {
      if (this.#arrived.length < 1000) this.#arrived.push(work);
    } else this.run(work);
  }

  stop(): void {
    this.#stopped = true;
  }

  resume(): void {
    this.#stopped = false;
    const works = [...this.#late.splice(0), ...this.#arrived.splice(0)];
    for (const work of works) this.run(work);
    this.#base.promises = true;
  }

  die(): void {
    this.#dead = true;
    for (const timer of [...this.#timers]) timer.cancel();
  }
}

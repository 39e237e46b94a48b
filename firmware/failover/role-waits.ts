import type { Clock, Timer } from '../../hal/clock.ts';
import type { RoleTimer } from './role.ts';

/** The waits that the role machine's state asks for, and no others. */
export class RoleWaits {
  readonly #clock: Clock;
  readonly #lengthMs: (timer: RoleTimer) => number;
  readonly #over: (timer: RoleTimer) => void;
  readonly #running = new Map<RoleTimer, { readonly key: string; readonly timer: Timer }>();

  constructor(clock: Clock, lengthMs: (timer: RoleTimer) => number, over: (timer: RoleTimer) => void) {
    this.#clock = clock;
    this.#lengthMs = lengthMs;
    this.#over = over;
  }

  /** A wait that is not wanted any more, or wanted with another key, ends; those that run on are left alone. */
  arrange(wanted: Partial<Record<RoleTimer, string>>): void {
    for (const [name, { key, timer }] of this.#running) {
      if (wanted[name] === key) continue;
      timer.cancel();
      this.#running.delete(name);
    }
    for (const [name, key] of Object.entries(wanted) as [RoleTimer, string][]) {
      if (!this.#running.has(name)) this.#begin(name, key);
    }
  }

  #begin(name: RoleTimer, key: string): void {
    const timer = this.#clock.after(`pair ${name}`, this.#lengthMs(name), () => {
      this.#running.delete(name);
      this.#over(name);
    });
    this.#running.set(name, { key, timer });
  }
}

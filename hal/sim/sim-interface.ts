import type { Clock } from '../clock.ts';

interface Watcher {
  told: boolean | null;
  readonly changed: (up: boolean) => void;
}

/** The network interface of one simulated machine, and who watches its carrier. */
export class SimInterface {
  readonly name: string;
  readonly #clock: Clock;
  readonly #watchers = new Set<Watcher>();
  #plugged = true;
  #present = true;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  get present(): boolean {
    return this.#present;
  }

  get carrier(): boolean {
    return this.#present && this.#plugged;
  }

  setPlugged(plugged: boolean): void {
    this.#plugged = plugged;
    this.#tellLater();
  }

  setPresent(present: boolean): void {
    this.#present = present;
    this.#tellLater();
  }

  /** Tells how it is, and each change; those of one moment are told as one, as the kernel does it. */
  watch(changed: (up: boolean) => void): { close(): void } {
    const watcher: Watcher = { told: null, changed };
    this.#watchers.add(watcher);
    this.#tellLater();
    return { close: () => void this.#watchers.delete(watcher) };
  }

  #tellLater(): void {
    if (this.#watchers.size > 0) this.#clock.after(`carrier ${this.name}`, 0, () => this.#tell());
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) {
      if (watcher.told === this.carrier || !this.#watchers.has(watcher)) continue;
      watcher.told = this.carrier;
      watcher.changed(this.carrier);
    }
  }
}

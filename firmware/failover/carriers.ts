import type { Reachability } from '../../hal/reachability.ts';
import type { Log } from '../log.ts';

/** Watches cables. One that cannot be watched is told to the log, and its cut is then found by silence only. */
export class Carriers {
  readonly #reachability: Reachability;
  readonly #log: Log;
  readonly #watches: { close(): void }[] = [];
  #closed = false;

  constructor(reachability: Reachability, log: Log) {
    this.#reachability = reachability;
    this.#log = log;
  }

  watch(interfaceName: string, changed: (up: boolean) => void): void {
    void this.#watch(interfaceName, changed);
  }

  close(): void {
    this.#closed = true;
    for (const watch of this.#watches.splice(0)) watch.close();
  }

  async #watch(interfaceName: string, changed: (up: boolean) => void): Promise<void> {
    try {
      const watch = await this.#reachability.watchCarrier(interfaceName, (up) => void (this.#closed || changed(up)));
      if (this.#closed) watch.close();
      else this.#watches.push(watch);
    } catch (error) {
      this.#log.write('warning', 'pair-carrier', `The cable of ${interfaceName} is not watched; a cut is found by silence only: ${String(error)}`);
    }
  }
}

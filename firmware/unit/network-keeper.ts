import type { NetworkSetUp } from '../../hal/network-set-up.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import { Serial } from '../mailbox/serial.ts';

/**
 * Keeps the machine's network as the settings in force say: at the start, and at each change. A wrong address that is committed on trial goes
 * back with the rest of the configuration, since the end of a trial is a change like any other.
 */
export class NetworkKeeper {
  readonly #setUp: NetworkSetUp | null;
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #serial = new Serial();
  #applied = '';
  #asked = false;

  /** `setUp` null: the network is the machine's own. `changed`: another one than at the start has been asked for. */
  constructor(setUp: NetworkSetUp | null, log: Log, changed: () => void) {
    this.#setUp = setUp;
    this.#log = log;
    this.#changed = changed;
  }

  /** Never rejects; a change that fails is told, and tried again with the next. */
  apply({ network }: Pick<Settings, 'network'>): Promise<void> {
    return this.#serial.run(async () => {
      const wanted = JSON.stringify(network);
      if (this.#setUp === null || wanted === this.#applied) return;
      const isFirst = !this.#asked;
      this.#asked = true;
      try {
        await this.#setUp.apply(network);
        this.#applied = wanted;
        if (isFirst) return;
        this.#log.write('notice', 'network-changed', `The network is set up anew: ${network.address ?? 'by DHCP'}.`);
        this.#changed();
      } catch (error) {
        this.#log.write('alert', 'network-not-set', `The network cannot be set up as the configuration says: ${String(error)}`);
      }
    });
  }
}

import type { SimHost } from '../../../hal/sim/sim-host.ts';
import type { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { WitnessSettings } from '../../../firmware/config/settings.ts';
import type { BeatSeal } from '../../../firmware/failover/beat-seal.ts';
import { silentLog } from '../../../firmware/log.ts';
import { leaseMs } from '../../../firmware/witness/lease.ts';
import { Witness } from '../../../firmware/witness/witness.ts';
import type { FastClock } from './fast-clock.ts';
import { ThreadClock } from './thread-clock.ts';

/** The third machine. */
export class SimWitness {
  readonly host: SimHost;
  /** null: it does not run. */
  witness: Witness | null = null;
  #startedMs = 0;
  #thread: ThreadClock | null = null;
  readonly #clock: FastClock;
  readonly #random: SimRandom;
  readonly #settings: WitnessSettings;
  readonly #makeSeal: ((key: Uint8Array) => BeatSeal) | undefined;

  constructor(host: SimHost, clock: FastClock, random: SimRandom, settings: WitnessSettings, makeSeal: ((key: Uint8Array) => BeatSeal) | undefined) {
    this.host = host;
    this.#clock = clock;
    this.#random = random;
    this.#settings = settings;
    this.#makeSeal = makeSeal;
  }

  /** It has run for long enough to grant. */
  get knows(): boolean {
    return this.witness !== null && this.#clock.monotonic() - this.#startedMs >= leaseMs;
  }

  start(): void {
    if (this.witness !== null) return;
    this.#startedMs = this.#clock.monotonic();
    const thread = (this.#thread = new ThreadClock(this.#clock, false));
    const parts = { clock: thread, random: this.#random, datagram: this.host.datagram, log: silentLog };
    this.witness = new Witness(this.#makeSeal === undefined ? parts : { ...parts, makeSeal: this.#makeSeal });
    this.#clock.promises = true;
    void this.witness.start({ address: this.#settings.address, port: this.#settings.port }, [this.#settings]);
  }

  kill(): void {
    if (this.witness === null) return;
    this.#thread?.die();
    this.witness = null;
    this.host.crash();
  }

  stop(): void {
    this.witness?.stop();
    this.witness = null;
  }
}

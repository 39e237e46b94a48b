import type { Clock } from '../../../hal/clock.ts';
import type { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { ModemFaults } from './modem-faults.ts';
import type { ModemWire } from './modem-wire.ts';

/** A wire that loses bytes and makes some up, as `faults` says at that moment. */
export class FaultyWire implements ModemWire {
  readonly #wire: ModemWire;
  readonly #faults: ModemFaults;
  readonly #random: SimRandom;
  readonly #clock: Clock;
  #garbledUntilMs: number;

  constructor(wire: ModemWire, faults: ModemFaults, clock: Clock, random: SimRandom) {
    this.#wire = wire;
    this.#faults = faults;
    this.#random = random;
    this.#clock = clock;
    this.#garbledUntilMs = clock.monotonic();
  }

  read(limit: number): Uint8Array | null {
    const bytes = this.#wire.read(limit);
    return bytes === null ? null : this.#kept(bytes, this.#faults.lossFromHost);
  }

  write(bytes: Uint8Array): number {
    this.#garble();
    if (this.#faults.lossToHost === 0) return this.#wire.write(bytes);
    this.#wire.write(this.#kept(bytes, this.#faults.lossToHost));
    return bytes.length;
  }

  close(): void {
    this.#wire.close();
  }

  #kept(bytes: Uint8Array, loss: number): Uint8Array {
    return loss === 0 ? bytes : bytes.filter(() => !this.#random.chance(loss));
  }

  #garble(): void {
    const nowMs = this.#clock.monotonic();
    const count = Math.floor(((nowMs - this.#garbledUntilMs) * this.#faults.garbagePerSecond) / 1000);
    if (count > 0) this.#wire.write(this.#random.bytes(Math.min(count, 512)));
    if (count > 0 || this.#faults.garbagePerSecond === 0) this.#garbledUntilMs = nowMs;
  }
}

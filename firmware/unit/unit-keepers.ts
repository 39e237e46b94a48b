import type { Settings } from '../config/settings.ts';
import { HouseKeeper } from './house-keeper.ts';
import { MemoryKeeper } from './memory-keeper.ts';
import { NetworkKeeper } from './network-keeper.ts';
import type { WholeUnit } from './whole-unit.ts';

/** What goes on by itself while the unit runs, whether or not anybody calls: its network and its time, its store and its memory in order. */
export class UnitKeepers {
  readonly #unit: WholeUnit;
  readonly #network: NetworkKeeper;
  readonly #house: HouseKeeper;
  #memory: MemoryKeeper | null = null;

  constructor(unit: WholeUnit) {
    const { clock, log, networkSetUp } = unit.parts;
    this.#unit = unit;
    this.#network = new NetworkKeeper(networkSetUp ?? null, log, () => unit.time?.askAnew());
    this.#house = new HouseKeeper({ clock, calls: () => unit.calls.counters.active, housekeep: (ages) => this.#housekeep(ages) });
  }

  /** Before anybody else is told that the unit runs. */
  startFirst(): void {
    this.apply(this.#unit.settings);
    this.#unit.time?.start();
  }

  /** When all else has been started. */
  startLast(): void {
    const { parts: { clock, process }, store, calls, memoryGate } = this.#unit;
    this.#house.start();
    store.scrub.start();
    this.#memory = new MemoryKeeper({ clock, process, calls: () => calls.counters, short: () => memoryGate.short });
  }

  /** While the unit runs. */
  apply(settings: Settings): void {
    void this.#network.apply(settings);
  }

  stop(): void {
    this.#house.stop();
    this.#unit.time?.stop();
    this.#unit.store.scrub.stop();
    this.#memory?.stop();
  }

  #housekeep(ages: boolean): void {
    const { store, parts: { log } } = this.#unit;
    store.housekeep(ages).catch((error) => log.write('error', 'housekeeping-failed', String(error)));
  }
}

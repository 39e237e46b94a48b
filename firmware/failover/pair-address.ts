import type { PairSettings } from '../config/settings.ts';
import { AddressKeeper } from './address-keeper.ts';
import type { PairParts } from './pair-parts.ts';
import type { PairTiming } from './pair-timing.ts';
import { sharedAddressOf } from './shared-address.ts';

/** How long `stop` waits for the shared address to be gone. */
const stopMs = 300;

/** The shared address, where there is one, and its owner's sockets on it. */
export class PairAddress {
  readonly #parts: PairParts;
  readonly #keeper: AddressKeeper | null;
  #told = false;

  constructor(parts: PairParts, settings: PairSettings | null, timing: PairTiming, changed: () => void) {
    const { clock, log, addressHolder } = parts;
    const address = sharedAddressOf(settings);
    this.#parts = parts;
    this.#keeper = address === null || addressHolder === null ? null : new AddressKeeper({ clock, log, holder: addressHolder, address, timing, changed });
    if (address !== null && addressHolder === null) log.write('alert', 'pair-address', 'This machine cannot move the shared address; callers must find the unit by other means.');
  }

  /** null: there is none. */
  get state(): 'unknown' | 'held' | 'gone' | null {
    return this.#keeper?.state ?? null;
  }

  /** Callers can reach this unit, as far as it depends on the address. */
  get here(): boolean {
    return this.#keeper === null || this.#keeper.state === 'held';
  }

  get failing(): boolean {
    return this.#keeper?.failing ?? false;
  }

  want(wanted: boolean): void {
    this.#keeper?.want(wanted);
  }

  doubt(): void {
    this.#keeper?.doubt();
  }

  announce(): void {
    this.#keeper?.announce();
  }

  /** Tells the owner when the address has come or gone. */
  tell(): void {
    const held = this.state === 'held';
    if (held === this.#told) return;
    this.#told = held;
    this.#parts.clock.after('pair address owner', 0, () => this.#parts.address?.(this.#told));
  }

  async stop(): Promise<void> {
    this.#keeper?.want(false);
    await this.#keeper?.settled(stopMs);
    this.#keeper?.end();
  }
}

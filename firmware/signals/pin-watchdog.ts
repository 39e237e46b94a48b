import type { Watchdog } from '../../hal/watchdog.ts';

/** A watchdog chip outside that restarts the machine unless a pin moves. Its time limit is its own: `arm` cannot set it. */
export class PinWatchdog implements Watchdog {
  readonly name = 'pin';
  readonly #toggle: () => void;
  #armed = false;

  constructor(toggle: () => void) {
    this.#toggle = toggle;
  }

  async arm(): Promise<void> {
    this.#armed = true;
    this.feed();
  }

  feed(): void {
    if (this.#armed) this.#toggle();
  }

  /** The chip outside goes on counting: it cannot be told. */
  async disarm(): Promise<void> {
    this.#armed = false;
  }
}

import type { Watchdog } from '../../watchdog.ts';

/** For machines and sessions where nothing shall restart the unit. */
export class NoWatchdog implements Watchdog {
  readonly name = 'none';

  async arm(): Promise<void> {}

  feed(): void {}

  async disarm(): Promise<void> {}
}

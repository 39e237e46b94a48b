import type { DatagramBatch } from './datagram.ts';
import type { Gpio } from './gpio.ts';
import type { LineDriver } from './line.ts';
import { Registry } from './registry.ts';
import type { Watchdog } from './watchdog.ts';

export interface WatchdogOptions {
  /** The process's environment, where a supervisor says that it watches. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For the device driver. */
  readonly devicePath: string;
}

/** The kinds of driver that come in several; a board names the one it wants. */
export interface DriverSet {
  readonly watchdog: Registry<WatchdogOptions, Watchdog>;
  /** Promises, because a driver may have to load and check an addon first. */
  readonly datagramBatch: Registry<void, Promise<DatagramBatch>>;
  readonly gpio: Registry<void, Gpio>;
  readonly line: Registry<void, LineDriver>;
}

/** An empty set, filled by `drivers/<kind>/register.ts` and `sim/register.ts`. */
export function driverSet(): DriverSet {
  return { watchdog: new Registry('watchdog'), datagramBatch: new Registry('datagram batch'), gpio: new Registry('gpio'), line: new Registry('line') };
}

import type { Watchdog } from '../../watchdog.ts';
import { notifySocket } from './systemd-notify.ts';
import { UnixDatagram } from './unix-datagram.ts';

/** systemd as the watchdog of this service (sd_notify(3)); the unit file needs `Type=notify` and may set `WatchdogSec`. */
export class SystemdWatchdog implements Watchdog {
  readonly name = 'systemd';
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #channel: UnixDatagram | null = null;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  /** Sets systemd's own time limit to ours, in place of `WatchdogSec`. */
  async arm(timeoutMs: number): Promise<void> {
    this.#channel ??= await UnixDatagram.to(notifySocket(this.#environment));
    const refused = this.#channel.send(`WATCHDOG_USEC=${Math.round(timeoutMs * 1000)}\nWATCHDOG=1`);
    if (refused !== null) throw refused;
  }

  /** One that systemd's full queue does not take is not missed: the next follows well within the time limit. */
  feed(): void {
    this.#channel?.send('WATCHDOG=1');
  }

  async disarm(): Promise<void> {
    this.#channel?.send('WATCHDOG_USEC=0');
    this.#channel?.close();
    this.#channel = null;
  }
}

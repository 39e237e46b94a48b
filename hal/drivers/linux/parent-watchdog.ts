import type { Watchdog } from '../../watchdog.ts';
import { ParentChannel } from './parent-channel.ts';

/** The parent on the appliance as the watchdog: it feeds the device as long as it is fed itself (`board/common/image`). */
export class ParentWatchdog implements Watchdog {
  readonly name = 'parent';
  readonly #channel: ParentChannel;

  constructor(path: string) {
    this.#channel = new ParentChannel(path);
  }

  async arm(timeoutMs: number): Promise<void> {
    this.#channel.tell(`limit ${Math.ceil(timeoutMs / 1000)}`);
  }

  /** One that a full FIFO does not take is not missed: the next follows well within the time limit. */
  feed(): void {
    this.#channel.say('fed');
  }

  async disarm(): Promise<void> {
    this.#channel.say('limit 0');
    this.#channel.close();
  }
}

import type { Power } from '../../power.ts';
import { ParentChannel } from './parent-channel.ts';

/** Has the parent restart the machine: it ends the program, lets go of the file systems, and feeds the watchdog no more meanwhile. */
export class ParentPower implements Power {
  readonly #channel: ParentChannel;

  constructor(path: string) {
    this.#channel = new ParentChannel(path);
  }

  async reboot(): Promise<void> {
    this.#channel.tell('reboot');
  }
}

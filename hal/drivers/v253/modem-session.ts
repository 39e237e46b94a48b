import type { AtReply } from './at-dialogue.ts';
import type { ModemLink } from './modem-link.ts';
import type { Asking } from './modem-setup.ts';

/**
 * The link in the hands of one sequence of commands. As soon as another begins, or the link is closed, this one stands still for good:
 * what it waits for never comes, so that two never speak to the modem at once.
 */
export class ModemSession implements Asking {
  readonly #link: ModemLink;

  constructor(link: ModemLink) {
    this.#link = link;
    link.session = this;
  }

  get gapMs(): number {
    return this.#link.gapMs;
  }

  set gapMs(ms: number) {
    if (this.#mine()) this.#link.gapMs = ms;
  }

  asked(command: string, limitMs: number): Promise<AtReply> {
    return this.#mine() ? new Promise((resolve) => this.#link.ask(command, limitMs, resolve)) : never();
  }

  write(bytes: Uint8Array): boolean {
    return this.#mine() && this.#link.write(bytes);
  }

  wait(ms: number): Promise<void> {
    return this.#mine() ? this.#link.wait(ms) : never();
  }

  reset(): void {
    if (this.#mine()) this.#link.reset();
  }

  /** Closes, waits, opens: the modem sees DTR drop. Errors: those of `SerialPorts.open`. */
  async reopen(): Promise<void> {
    if (this.#mine()) await this.#link.shut();
    await this.wait(reopenMs);
    await (this.#mine() ? this.#link.open() : never());
  }

  #mine(): boolean {
    return this.#link.session === this;
  }
}

/** A drop of DTR that every modem notices. */
const reopenMs = 1000;

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

import type { Terminal } from '../terminal.ts';
import type { RawChannel } from './raw-channel.ts';

/** Who has the octets of a terminal: its session, or, from `take` to `giveBack`, a transfer. */
export class RawTerminal {
  readonly #terminal: Terminal;
  #channel: RawChannel | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** A transfer has them: nothing else may write. */
  get taken(): boolean {
    return this.#channel !== null;
  }

  /** null = only whole lines, or no octets, go over this terminal. */
  take(): RawChannel | null {
    const { kind, octets } = this.#terminal;
    if (kind !== 'terminal' || octets === undefined) return null;
    this.#channel = {
      write: (bytes) => octets.write(bytes),
      get waitingBytes() {
        return octets.waiting();
      },
      drop: () => octets.drop(),
      received: null,
      closed: null,
    };
    return this.#channel;
  }

  received(bytes: Uint8Array): void {
    this.#channel?.received?.(bytes);
  }

  giveBack(): void {
    this.#channel = null;
  }

  /** The session ends; so does a transfer. */
  close(): void {
    this.#channel?.closed?.();
  }
}

/**
 * The ports' sockets at the address that a pair shares, with the numbers of those at the own address. Where the batch can, they are bound
 * at boot, ahead of the address, so that the audio of a call goes on at the instant when the address comes; else when it has come.
 */
import type { DatagramBatch } from '../../hal/datagram.ts';
import { HalError } from '../../hal/errors.ts';
import type { Log } from '../log.ts';
import { sharedPair } from './port-slots.ts';

export interface SharedSocketsParts {
  readonly batch: DatagramBatch;
  readonly log: Log;
  /** null: calls do not follow a shared address. */
  readonly address: string | null;
  readonly ports: number;
  /** This port's pair is open: what it sends has to be directed again. */
  readonly opened: (port: number) => void;
}

export class SharedSockets {
  /** The unit has the address now. */
  held = false;
  readonly #parts: SharedSocketsParts;
  #rtpPorts: readonly number[] = [];
  /** Ports whose pair is not open, and is not being opened. */
  readonly #missing = new Set<number>();
  #closed = false;

  constructor(parts: SharedSocketsParts) {
    this.#parts = parts;
  }

  get used(): boolean {
    return this.#parts.address !== null;
  }

  /** At boot. A pair that cannot be opened yet is opened when the address has come. */
  async open(rtpPorts: readonly number[]): Promise<void> {
    this.#rtpPorts = rtpPorts;
    if (this.used) for (let port = 0; port < this.#parts.ports; port++) this.#missing.add(port);
    await this.#openMissing();
  }

  share(held: boolean): void {
    this.held = held;
    if (held) void this.#openMissing();
  }

  close(): void {
    this.#closed = true;
    this.#missing.clear();
  }

  async #openMissing(): Promise<void> {
    const missing = [...this.#missing];
    this.#missing.clear();
    const refused = (await Promise.all(missing.map((port) => this.#openPair(port)))).filter((error) => error !== null);
    if (refused.length === 0 || this.#closed) return;
    const [first] = refused;
    const expected = !this.held && refused.every((error) => error instanceof HalError && error.id === 'address-unavailable');
    if (!expected) this.#parts.log.write('error', 'shared-audio-deaf', `${refused.length} of ${this.#parts.ports} ports have no audio at the shared address: ${String(first)}`);
  }

  /** null = it is open. */
  async #openPair(port: number): Promise<unknown> {
    const { batch, address, ports, opened } = this.#parts;
    const rtpPort = this.#rtpPorts[port];
    if (address === null || rtpPort === undefined) return null;
    const { rtp, rtcp } = sharedPair(port, ports);
    try {
      await batch.open(rtp, { address, port: rtpPort }, true);
      await batch.open(rtcp, { address, port: rtpPort + 1 }, true);
      if (!this.#closed) opened(port);
      return null;
    } catch (error) {
      batch.close(rtp);
      if (!this.#closed) this.#missing.add(port);
      return error;
    }
  }
}

import type { DatagramBatch, Endpoint } from '../datagram.ts';
import type { SimHost } from './sim-host.ts';

interface Slot {
  readonly local: Endpoint;
  to: Endpoint | null;
}

interface Queued {
  readonly slot: Slot;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Packets that may wait between two flushes; more are refused and counted. */
const queueLimit = 4096;
const packetLimitBytes = 2048;

export class SimBatch implements DatagramBatch {
  received: DatagramBatch['received'] = null;
  sendFailures = 0;
  turn = 0;
  readonly #host: SimHost;
  readonly #slots = new Map<number, Slot>();
  #queue: Queued[] = [];

  constructor(host: SimHost) {
    this.#host = host;
  }

  /** Ahead of an address only where the host can (`SimHost.bindsAhead`). */
  async open(slot: number, local: Endpoint, ahead = false): Promise<number> {
    this.close(slot);
    const bound = this.#host.claimDatagram(local, (bytes, from) => this.#receive(slot, bytes, from), null, ahead && this.#host.bindsAhead);
    this.#slots.set(slot, { local: bound, to: null });
    return bound.port;
  }

  direct(slot: number, to: Endpoint | null): void {
    const known = this.#slots.get(slot);
    if (known !== undefined) known.to = to;
  }

  queue(slot: number, bytes: Uint8Array, length: number): void {
    const known = this.#slots.get(slot);
    if (known === undefined || known.to === null) return;
    if (this.#queue.length >= queueLimit || length > packetLimitBytes) this.sendFailures++;
    else this.#queue.push({ slot: known, bytes, length });
  }

  /** Reads the queued bytes only now, so that a caller who touches them too early is found out. */
  flush(): void {
    const due = this.#queue;
    this.#queue = [];
    for (const { slot, bytes, length } of due) {
      if (slot.to !== null) this.#host.send(slot.local, slot.to, bytes.subarray(0, length), () => void this.sendFailures++);
    }
  }

  #receive(slot: number, bytes: Uint8Array, { address, port }: Endpoint): void {
    this.turn++;
    this.received?.(slot, bytes, bytes.length, address, port);
  }

  /** Nothing waits here: packets come at their time. */
  fetch(): void {}

  close(slot: number): void {
    const known = this.#slots.get(slot);
    if (known === undefined) return;
    this.#slots.delete(slot);
    this.#queue = this.#queue.filter((one) => one.slot !== known);
    this.#host.releaseDatagram(known.local);
  }

  closeAll(): void {
    for (const slot of [...this.#slots.keys()]) this.close(slot);
  }
}

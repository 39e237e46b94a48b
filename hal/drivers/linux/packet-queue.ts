/** Packets that may wait between two flushes; more are refused. */
const queueLimit = 4096;
/** The largest packet sent; larger ones are refused. Voice needs 172 bytes, a path MTU is 1500. */
export const packetLimitBytes = 2048;

/** What waits between `queue` and `flush`: fixed arrays, so that a packet costs no allocation. Holds the caller's buffers, not copies. */
export class PacketQueue<Slot> {
  readonly #send: (slot: Slot, bytes: Uint8Array, length: number) => void;
  readonly #slots: (Slot | null)[] = new Array<Slot | null>(queueLimit).fill(null);
  readonly #bytes: Uint8Array[] = new Array<Uint8Array>(queueLimit).fill(new Uint8Array(0));
  readonly #lengths = new Uint16Array(queueLimit);
  #count = 0;

  constructor(send: (slot: Slot, bytes: Uint8Array, length: number) => void) {
    this.#send = send;
  }

  /** False when the packet was refused. */
  add(slot: Slot, bytes: Uint8Array, length: number): boolean {
    if (this.#count >= queueLimit || length > packetLimitBytes) return false;
    this.#slots[this.#count] = slot;
    this.#bytes[this.#count] = bytes;
    this.#lengths[this.#count] = length;
    this.#count++;
    return true;
  }

  /** Hands each packet to `send`, in order. */
  drain(): void {
    const count = this.#count;
    this.#count = 0;
    for (let at = 0; at < count; at++) {
      const slot = this.#slots[at];
      const bytes = this.#bytes[at];
      this.#slots[at] = null;
      if (slot && bytes !== undefined) this.#send(slot, bytes, this.#lengths[at] ?? 0);
    }
  }
}

import { createCipheriv, createHash } from 'node:crypto';
import type { Endpoint } from '../datagram.ts';
import type { StreamConnection } from '../stream.ts';

/**
 * One end of a simulated secure stream, after the handshake: garbles what goes out and puts right what comes in. The key is made of
 * the two hellos, which anybody on the wire has seen: it shows that nothing passes in plain text, and protects nothing.
 */
export class SimSecureConnection implements StreamConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  received: StreamConnection['received'] = null;
  closed: StreamConnection['closed'] = null;
  readonly #wire: StreamConnection;
  readonly #outKey: Uint8Array;
  readonly #inKey: Uint8Array;
  #sent = 0;
  #taken = 0;
  /** What came before whoever dialled could listen; null = it does. */
  #early: Uint8Array[] | null = null;

  /** `seed`: what both ends know. `dialled`: this end did. */
  constructor(wire: StreamConnection, seed: Uint8Array, dialled: boolean) {
    this.#wire = wire;
    this.local = wire.local;
    this.remote = wire.remote;
    this.#outKey = keyOf(seed, dialled);
    this.#inKey = keyOf(seed, !dialled);
    wire.received = (bytes) => this.take(bytes);
    wire.closed = (error) => this.closed?.(error);
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#wire.write(garbled(this.#outKey, this.#sent, bytes))) return false;
    this.#sent += bytes.length;
    return true;
  }

  close(): void {
    this.#wire.close();
  }

  /** Keeps what comes until `release`. */
  hold(): void {
    this.#early = [];
  }

  release(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const bytes of early) this.take(bytes);
  }

  /** Bytes from the wire. */
  take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#early !== null) return void this.#early.push(new Uint8Array(bytes));
    const clear = garbled(this.#inKey, this.#taken, bytes);
    this.#taken += bytes.length;
    this.received?.(clear);
    clear.fill(0xdd);
  }
}

function keyOf(seed: Uint8Array, fromDialler: boolean): Uint8Array {
  return createHash('sha256').update(seed).update(fromDialler ? 'there' : 'back').digest();
}

/** By position, so that a refused write does not move the keystream. */
function garbled(key: Uint8Array, position: number, bytes: Uint8Array): Uint8Array {
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(Math.floor(position / 16)), 8);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  cipher.update(Buffer.alloc(position % 16));
  return new Uint8Array(cipher.update(bytes));
}

import type { Clock, Timer } from '../../hal/clock.ts';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import type { HalError } from '../../hal/errors.ts';

export interface LinkSocketsUser {
  readonly listening: () => void;
  /** `path` is -1 for an address that is none of the partner's. `bytes` are valid during the call only. */
  readonly received: (bytes: Uint8Array, path: number) => void;
  /** Nothing listens there. */
  readonly refused: (path: number) => void;
  /** The port cannot be opened; it is tried again. */
  readonly deaf: (error: unknown) => void;
}

const bindRetryMs = 1000;

/**
 * The paths to the partner. One socket for each address family, since two on the same port and any address exclude each other;
 * a path is known by the partner's address.
 */
export class LinkSockets {
  failures = 0;
  readonly #parts: { readonly clock: Clock; readonly datagram: DatagramNet };
  readonly #user: LinkSocketsUser;
  readonly #port: number;
  readonly #paths: readonly Endpoint[];
  readonly #locals: readonly string[];
  readonly #sockets: (DatagramSocket | null)[];
  #retry: Timer | null = null;
  #closed = false;

  constructor(parts: { readonly clock: Clock; readonly datagram: DatagramNet }, partner: readonly string[], port: number, user: LinkSocketsUser) {
    this.#parts = parts;
    this.#user = user;
    this.#port = port;
    this.#paths = partner.map((address) => ({ address, port }));
    this.#locals = families(partner);
    this.#sockets = this.#locals.map(() => null);
  }

  open(): void {
    void this.#bind();
  }

  /** To all paths whose socket is open. `bytes` may be reused afterwards. */
  send(bytes: Uint8Array): void {
    for (const path of this.#paths) this.#sockets[this.#locals.length > 1 && path.address.includes(':') ? 1 : 0]?.send(bytes, path);
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    for (const socket of this.#sockets) socket?.close();
  }

  async #bind(): Promise<void> {
    try {
      for (const [at, address] of this.#locals.entries()) {
        if (this.#sockets[at] !== null) continue;
        const socket = await this.#parts.datagram.bind({ address, port: this.#port });
        if (this.#closed) return socket.close();
        socket.received = (bytes, from) => this.#user.received(bytes, this.#pathOf(from.address));
        socket.failed = (error, to) => this.#failed(error, to);
        this.#sockets[at] = socket;
      }
      this.#user.listening();
    } catch (error) {
      if (this.#closed) return;
      this.#user.deaf(error);
      this.#retry = this.#parts.clock.after('pair bind', bindRetryMs, () => void this.#bind());
    }
  }

  #failed(error: HalError, to: Endpoint | null): void {
    this.failures++;
    const path = to === null ? -1 : this.#pathOf(to.address);
    if (error.id === 'connection-refused' && path >= 0) this.#user.refused(path);
  }

  #pathOf(address: string): number {
    for (let at = 0; at < this.#paths.length; at++) if ((this.#paths[at] as Endpoint).address === address) return at;
    return -1;
  }
}

/** The any-addresses to bind, IPv4 first. */
function families(addresses: readonly string[]): string[] {
  const six = addresses.some((address) => address.includes(':'));
  const four = addresses.some((address) => !address.includes(':'));
  return [...(four ? ['0.0.0.0'] : []), ...(six ? ['::'] : [])];
}

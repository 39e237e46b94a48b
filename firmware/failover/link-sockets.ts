import type { Clock, Timer } from '../../hal/clock.ts';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import type { HalError } from '../../hal/errors.ts';

export interface LinkSocketsUser {
  readonly listening: () => void;
  /** `bytes` are valid during the call only. */
  readonly received: (bytes: Uint8Array, path: number) => void;
  /** Nothing listens there. */
  readonly refused: (path: number) => void;
  /** A socket cannot be opened; it is tried again, and told again when it is for another reason. */
  readonly deaf: (error: unknown) => void;
}

const openRetryMs = 1000;

/**
 * The paths to the partner: a connected socket for each, all on the pair's port. So strangers are not heard at all, and the network
 * says at once when nothing listens at the other end any more: a process that was killed is known to be gone before it is missed.
 */
export class LinkSockets {
  failures = 0;
  readonly #parts: { readonly clock: Clock; readonly datagram: DatagramNet };
  readonly #user: LinkSocketsUser;
  readonly #paths: readonly Endpoint[];
  readonly #sockets: (DatagramSocket | null)[];
  #retry: Timer | null = null;
  #told = false;
  /** The last failure that was told. */
  #deaf = '';
  #closed = false;

  constructor(parts: { readonly clock: Clock; readonly datagram: DatagramNet }, partner: readonly string[], port: number, user: LinkSocketsUser) {
    this.#parts = parts;
    this.#user = user;
    this.#paths = partner.map((address) => ({ address, port }));
    this.#sockets = this.#paths.map(() => null);
  }

  open(): void {
    void this.#connect();
  }

  /** To all paths whose socket is open. `bytes` may be reused afterwards. */
  send(bytes: Uint8Array): void {
    for (let path = 0; path < this.#paths.length; path++) this.#sockets[path]?.send(bytes, this.#paths[path] as Endpoint);
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    for (const socket of this.#sockets) socket?.close();
  }

  /** A way that is not there yet (no address, no route) keeps the others from nothing. */
  async #connect(): Promise<void> {
    let failure: unknown = null;
    for (const [path, peer] of this.#paths.entries()) {
      if (this.#sockets[path] !== null) continue;
      try {
        const local = { address: peer.address.includes(':') ? '::' : '0.0.0.0', port: peer.port };
        const socket = await this.#parts.datagram.connect(local, peer);
        if (this.#closed) return socket.close();
        this.#use(socket, path);
      } catch (error) {
        failure = error;
      }
    }
    if (this.#closed) return;
    if (failure !== null) {
      if (String(failure) !== this.#deaf) this.#user.deaf(failure);
      this.#deaf = String(failure);
      this.#retry = this.#parts.clock.after('pair connect', openRetryMs, () => void this.#connect());
    }
    if (this.#told || this.#sockets.every((socket) => socket === null)) return;
    this.#told = true;
    this.#user.listening();
  }

  #use(socket: DatagramSocket, path: number): void {
    socket.received = (bytes) => this.#user.received(bytes, path);
    socket.failed = (error) => this.#failed(error, path);
    this.#sockets[path] = socket;
  }

  #failed(error: HalError, path: number): void {
    this.failures++;
    if (error.id === 'connection-refused') this.#user.refused(path);
  }
}

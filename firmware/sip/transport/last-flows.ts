import type { Endpoint } from '../../../hal/datagram.ts';
import type { Flow } from '../transaction-layer.ts';

/**
 * The way that each peer's last message came. Its next one mostly comes the same way, and is given the same object: a transaction keeps it for 32 s, when
 * a busy unit has thousands.
 */
export class LastFlows {
  readonly #flows = new Map<string, Flow>();

  of(peer: string, { transport, remote, connection, shared = false }: Omit<Flow, 'local'>, local: Endpoint): Flow {
    const last = this.#flows.get(peer);
    const same = last !== undefined && last.transport === transport && last.connection === connection && last.shared === shared && isSame(last.remote, remote) && isSame(last.local, local);
    if (same) return last;
    const flow: Flow = { transport, remote, connection, shared, local };
    this.#flows.set(peer, flow);
    return flow;
  }

  /** Peers may have gone, and come by other names. */
  forget(): void {
    this.#flows.clear();
  }
}

const isSame = (one: Endpoint, other: Endpoint): boolean => one.port === other.port && one.address === other.address;

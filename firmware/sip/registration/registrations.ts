import type { PeerSettings } from '../../config/settings.ts';
import type { ClientParts } from '../client-parts.ts';
import type { PeerStatus } from '../user-agent.ts';
import { Registration } from './registration.ts';

const none = { registration: 'off', detail: '' } as const;

/** The registrations that the configuration asks for, at most one for each peer. */
export class Registrations {
  readonly #parts: ClientParts;
  readonly #byPeer = new Map<string, Registration>();
  /** Removals under way, by binding. */
  readonly #leaving = new Map<string, Promise<unknown>>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** What is new or changed begins, what is gone ends, what stays is not touched. A lost registrar is told nothing. */
  apply(peers: readonly PeerSettings[], isLost: (peer: string) => boolean = () => false): void {
    const wanted = new Map(peers.filter((peer) => peer.register !== null).map((peer) => [peer.name, peer]));
    for (const [name, registration] of this.#byPeer) {
      const peer = wanted.get(name);
      if (peer !== undefined && settingsOf(peer) === settingsOf(registration.peer)) continue;
      if (isLost(name)) this.#abandon(name, registration);
      else this.#end(name, registration);
    }
    for (const [name, peer] of wanted) if (!this.#byPeer.has(name)) this.#begin(name, peer);
  }

  /** Registers afresh at once: the registrar may have forgotten all it knew. */
  renew(name: string): void {
    const registration = this.#byPeer.get(name);
    if (registration === undefined) return;
    this.#abandon(name, registration);
    this.#begin(name, registration.peer);
  }

  /** Resolves when every registrar has confirmed the removal. */
  async stop(): Promise<void> {
    for (const [name, registration] of this.#byPeer) this.#end(name, registration);
    await Promise.all(this.#leaving.values());
  }

  status(peer: string): Pick<PeerStatus, 'registration' | 'detail'> {
    return this.#byPeer.get(peer)?.status() ?? none;
  }

  /** A removal that came to the registrar after the new registration of the same address would end that one. */
  #begin(name: string, peer: PeerSettings): void {
    const registration = new Registration(this.#parts, peer);
    this.#byPeer.set(name, registration);
    const removal = this.#leaving.get(bindingOf(peer));
    if (removal === undefined) registration.start();
    else void removal.then(() => registration.start());
  }

  #abandon(name: string, registration: Registration): void {
    this.#byPeer.delete(name);
    registration.abandon();
  }

  #end(name: string, registration: Registration): void {
    this.#byPeer.delete(name);
    const binding = bindingOf(registration.peer);
    const removal: Promise<unknown> = Promise.all([this.#leaving.get(binding), registration.stop()]).then(() => {
      if (this.#leaving.get(binding) === removal) this.#leaving.delete(binding);
    });
    this.#leaving.set(binding, removal);
  }
}

/** All that a registration depends on. */
const settingsOf = ({ host, port, transport, register }: PeerSettings): string => JSON.stringify([host, port, transport, register]);

/** What a removal removes: the unit's Contact at one registrar. */
const bindingOf = ({ host, port, register }: PeerSettings): string => `${register?.user}@${host}:${port}`;

import type { PeerSettings } from '../../config/settings.ts';
import type { ClientParts } from '../client-parts.ts';
import type { PeerStatus } from '../user-agent.ts';
import { Registration } from './registration.ts';

const none = { registration: 'off', detail: '' } as const;

/** The registrations that the configuration asks for, at most one for each peer. */
export class Registrations {
  readonly #parts: ClientParts;
  readonly #byPeer = new Map<string, Registration>();
  /** Not wanted any more, but kept until another unit is registered there. */
  readonly #retiring = new Map<string, Registration>();
  /** Removals under way, by binding. */
  readonly #leaving = new Map<string, Promise<unknown>>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /**
   * What is new or changed begins, what is gone ends, what stays is not touched. A lost registrar is told nothing. `retireMs`: what
   * is gone ends when another unit is registered there, and after so long in any case.
   */
  apply(peers: readonly PeerSettings[], isLost: (peer: string) => boolean = () => false, retireMs = 0): void {
    const wanted = new Map(peers.filter((peer) => peer.register !== null).map((peer) => [peer.name, peer]));
    for (const [name, registration] of this.#retiring) if (isLost(name)) this.#abandon(name, registration);
    for (const [name, registration] of this.#byPeer) {
      const peer = wanted.get(name);
      if (peer !== undefined && settingsOf(peer) === settingsOf(registration.peer)) continue;
      if (isLost(name)) this.#abandon(name, registration);
      else if (retireMs > 0 && peer === undefined) this.#retire(name, registration, retireMs);
      else this.#end(name, registration);
    }
    for (const [name, peer] of wanted) if (!this.#byPeer.has(name) && !this.#resume(name, peer)) this.#begin(name, peer);
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
    for (const [name, registration] of [...this.#byPeer, ...this.#retiring]) this.#end(name, registration);
    await Promise.all(this.#leaving.values());
  }

  status(peer: string): Pick<PeerStatus, 'registration' | 'detail'> {
    return (this.#byPeer.get(peer) ?? this.#retiring.get(peer))?.status() ?? none;
  }

  /** A removal that came to the registrar after the new registration of the same address would end that one. */
  #begin(name: string, peer: PeerSettings): void {
    const registration = new Registration(this.#parts, peer);
    this.#byPeer.set(name, registration);
    const removal = this.#leaving.get(bindingOf(peer));
    if (removal === undefined) registration.start();
    else void removal.then(() => registration.start());
  }

  #retire(name: string, registration: Registration, limitMs: number): void {
    this.#forget(name, registration);
    this.#retiring.set(name, registration);
    void registration.retire(limitMs).then(() => this.#forget(name, registration));
  }

  /** One that was about to be taken back goes on; false = there is none, or it is too late. */
  #resume(name: string, peer: PeerSettings): boolean {
    const registration = this.#retiring.get(name);
    if (registration === undefined) return false;
    if (settingsOf(peer) === settingsOf(registration.peer) && registration.resume()) {
      this.#retiring.delete(name);
      this.#byPeer.set(name, registration);
      return true;
    }
    this.#end(name, registration);
    return false;
  }

  #forget(name: string, registration: Registration): void {
    for (const map of [this.#byPeer, this.#retiring]) if (map.get(name) === registration) map.delete(name);
  }

  #abandon(name: string, registration: Registration): void {
    this.#forget(name, registration);
    registration.abandon();
  }

  #end(name: string, registration: Registration): void {
    this.#forget(name, registration);
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

import type { Endpoint } from '../../../hal/datagram.ts';
import type { PeerSettings } from '../../config/settings.ts';
import type { WatchTimes } from '../../config/watch-times.ts';
import type { ClientParts } from '../client-parts.ts';
import type { MainPbx } from './main-pbx.ts';
import { mainPbx } from './main-pbx.ts';
import { backupsOf } from './peers-in-use.ts';
import type { PbxState } from './pbx-machine.ts';
import type { PbxNews } from './watched-pbx.ts';
import { WatchedPbx } from './watched-pbx.ts';

export interface PbxWatchOptions {
  /** As the settings are now. */
  readonly times: () => WatchTimes;
  /** Every peer that has a host, not only those that have a backup or are one. */
  readonly all: boolean;
  readonly changed: (name: string, news: PbxNews) => void;
}

/** Asks the PBXs again and again whether they are there. */
export class PbxWatch {
  readonly #parts: ClientParts;
  readonly #options: PbxWatchOptions;
  readonly #byPeer = new Map<string, WatchedPbx>();
  /** Those that others stand in for. */
  #mains: readonly string[] = [];
  /** Who waits to hear of any PBX. */
  readonly #waiting = new Set<(heard: boolean) => void>();

  constructor(parts: ClientParts, options: PbxWatchOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Peers that stayed where they are go on as they were. */
  apply(peers: readonly PeerSettings[]): void {
    this.#mains = peers.filter(({ name, host, backupOf }) => host !== null && backupOf === null && backupsOf(name, peers).length > 0).map(({ name }) => name);
    const wanted = new Map(peers.filter((peer) => this.#isWatched(peer, peers)).map((peer) => [peer.name, peer]));
    for (const [name, pbx] of this.#byPeer) {
      const peer = wanted.get(name);
      if (peer !== undefined && placeOf(peer) === placeOf(pbx.peer)) continue;
      pbx.stop();
      this.#byPeer.delete(name);
    }
    for (const [name, peer] of wanted) if (!this.#byPeer.has(name)) this.#begin(name, peer);
  }

  stop(): void {
    for (const pbx of this.#byPeer.values()) pbx.stop();
    this.#byPeer.clear();
    this.#tell(false);
  }

  /**
   * Whether anything is heard of a PBX within the time; what was heard less than `maxAgeMs` ago counts too, and then none is asked.
   * Resolves at the first message, whatever it says: the way to the PBX is there.
   */
  hears(timeoutMs: number, maxAgeMs: number): Promise<boolean> {
    const ageMs = this.aliveMs();
    if (ageMs !== null && ageMs < maxAgeMs) return Promise.resolve(true);
    if (this.#byPeer.size === 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const answer = (heard: boolean): void => {
        timer.cancel();
        this.#waiting.delete(answer);
        resolve(heard);
      };
      const timer = this.#parts.clock.after('pbx-heard', timeoutMs, () => answer(false));
      this.#waiting.add(answer);
      for (const pbx of this.#byPeer.values()) pbx.ask();
    });
  }

  /** Any message from there is a sign of life. `refusal`: it says that the PBX does not serve. */
  heard(from: Endpoint, refusal: boolean): void {
    let known = false;
    for (const pbx of this.#byPeer.values()) {
      if (!pbx.isAt(from)) continue;
      pbx.heard(refusal);
      known = true;
    }
    if (known) this.#tell(true);
  }

  /** null = it is not watched. */
  state(name: string): PbxState | null {
    return this.#byPeer.get(name)?.state ?? null;
  }

  /** Whether the PBXs are heard that others stand in for. */
  main(): MainPbx {
    return mainPbx(this.#mains.map((name) => this.state(name)));
  }

  /** How long ago anything was heard of any PBX, whatever it said: the way to it was there. Infinity = never; null = none is watched. */
  aliveMs(): number | null {
    const heard = [...this.#byPeer.values()].map(({ heardMs }) => heardMs ?? -Infinity);
    return heard.length === 0 ? null : this.#parts.clock.monotonic() - Math.max(...heard);
  }

  #tell(heard: boolean): void {
    for (const answer of [...this.#waiting]) answer(heard);
  }

  #isWatched(peer: PeerSettings, peers: readonly PeerSettings[]): boolean {
    return peer.host !== null && (this.#options.all || peer.backupOf !== null || backupsOf(peer.name, peers).length > 0);
  }

  #begin(name: string, peer: PeerSettings): void {
    const pbx = new WatchedPbx(this.#parts, peer, this.#options.times, (news) => this.#options.changed(name, news));
    this.#byPeer.set(name, pbx);
    pbx.start();
  }
}

const placeOf = ({ host, port, transport }: PeerSettings): string => `${transport}:${host}:${port}`;

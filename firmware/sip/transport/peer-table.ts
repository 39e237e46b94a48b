import type { Clock } from '../../../hal/clock.ts';
import type { PeerSettings } from '../../config/settings.ts';
import type { Block } from './address-match.ts';
import { addressBytes, inBlock, parseBlock } from './address-match.ts';

/** Requests a source may send at once, and per second after that: far above a busy PBX, far below a flood. */
const burst = 2000;
const perSecond = 1000;
/** Sources remembered; the one unheard for longest is forgotten first. */
const maxSources = 4096;

interface Source {
  readonly peer: PeerSettings | null;
  tokens: number;
  refilledMs: number;
}

export type Verdict = { readonly peer: PeerSettings } | 'stranger' | 'flood';

/** Who may speak to the unit, decided by source address alone, before a byte is parsed. */
export class PeerTable {
  readonly #clock: Clock;
  #peers: readonly { readonly peer: PeerSettings; readonly blocks: readonly Block[] }[] = [];
  readonly #sources = new Map<string, Source>();

  constructor(clock: Clock, peers: readonly PeerSettings[]) {
    this.#clock = clock;
    this.replace(peers);
  }

  replace(peers: readonly PeerSettings[]): void {
    this.#peers = peers.map((peer) => ({ peer, blocks: peer.addresses.map(parseBlock).filter((block): block is Block => block !== null) }));
    this.#sources.clear();
  }

  judge(address: string): Verdict {
    const source = this.#source(address);
    if (source.peer === null) return 'stranger';
    const now = this.#clock.monotonic();
    source.tokens = Math.min(burst, source.tokens + ((now - source.refilledMs) * perSecond) / 1000);
    source.refilledMs = now;
    if (source.tokens < 1) return 'flood';
    source.tokens -= 1;
    return { peer: source.peer };
  }

  /** The peer of an address that was judged or found before, without a search. */
  known(address: string): PeerSettings | null {
    return this.#source(address).peer;
  }

  /** The first peer with a block that holds the address. */
  find(address: string): PeerSettings | null {
    const bytes = addressBytes(address);
    if (bytes === null) return null;
    return this.#peers.find(({ blocks }) => blocks.some((block) => inBlock(bytes, block)))?.peer ?? null;
  }

  /** Sources remembered. */
  get size(): number {
    return this.#sources.size;
  }

  #source(address: string): Source {
    const known = this.#sources.get(address);
    if (known !== undefined) return known;
    if (this.#sources.size >= maxSources) this.#sources.delete(this.#sources.keys().next().value as string);
    const source: Source = { peer: this.find(address), tokens: burst, refilledMs: this.#clock.monotonic() };
    this.#sources.set(address, source);
    return source;
  }
}

import type { AddressHolder } from '../../hal/address-holder.ts';
import type { Clock } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';
import type { Reachability } from '../../hal/reachability.ts';
import type { SecureStreamNet } from '../../hal/secure-stream.ts';
import type { Storage } from '../../hal/storage.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { LinkCommand, LinkEvent, LinkKeys } from './link-protocol.ts';
import type { PairStatus } from './pair-status.ts';
import { Pair } from './pair.ts';
import type { PairKeys } from './pairing/pairing.ts';
import { Pairing } from './pairing/pairing.ts';
import { sharedAddressOf } from './shared-address.ts';

export interface UnitPairParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: Log;
  readonly stream: StreamNet;
  readonly secure: SecureStreamNet;
  readonly reachability: Reachability;
  /** null: the machine cannot move addresses. */
  readonly addressHolder: AddressHolder | null;
  /** To the pair link in the media thread. */
  readonly link: (command: LinkCommand) => void;
  readonly able: () => boolean;
  readonly calls: () => number;
  /** Whether a PBX is heard within the time, or was less than `maxAgeMs` ago. */
  readonly hearsPbx: (timeoutMs: number, maxAgeMs: number) => Promise<boolean>;
  /** The unit serves from now on, or falls silent. */
  readonly serve: (serving: boolean) => void;
  /** Answers on the shared address from now on; null = no more. */
  readonly share: (address: string | null) => Promise<void>;
}

/** The unit's place in its pair: the pairing gives keys, the pair decides who serves, the unit is told. A unit without a pair serves. */
export class UnitPair {
  readonly #parts: UnitPairParts;
  readonly #settings: Settings;
  readonly #pair: Pair;
  #pairing: Pairing | null = null;

  constructor(parts: UnitPairParts, settings: Settings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#pair = new Pair(
      {
        ...parts,
        pbxAlive: settings.peers.some(({ host }) => host !== null) ? parts.hearsPbx : null,
        serving: (serving) => parts.serve(serving),
        address: (held) => void this.#share(held),
      },
      settings.pair,
    );
  }

  /** Errors: HalError of the storage, or that the secure channel cannot listen. */
  async start(): Promise<void> {
    const { pair, sip, unit } = this.#settings;
    if (pair === null) return this.#pair.start(null);
    this.#pairing = await Pairing.open({
      ...this.#parts,
      name: unit.name,
      local: { address: sip.address, port: pair.port },
      partnerAddresses: pair.partner,
      rotates: pair.rank === 'primary',
    });
    this.#pairing.keysChanged = (keys) => this.#useKeys(keys);
    await this.#pair.start(linkKeys(this.#pairing.keys()));
  }

  linkEvent(event: LinkEvent): void {
    this.#pair.linkEvent(event);
  }

  /** Says goodbye, so that the partner takes over at once. */
  async stop(): Promise<void> {
    await this.#pair.stop();
    await this.#pairing?.close();
  }

  /** null = the unit stands alone. */
  get pairing(): Pairing | null {
    return this.#pairing;
  }

  status(): PairStatus {
    return this.#pair.status();
  }

  failover(): { readonly ok: boolean; readonly text: string } {
    return this.#pair.failover();
  }

  failback(): { readonly ok: boolean; readonly text: string } {
    return this.#pair.failback();
  }

  /** A partner that is forgotten is heard until the next start: without keys no new link can be made, and stopping one would look like a death. */
  #useKeys(keys: PairKeys | null): void {
    const found = linkKeys(keys);
    if (found !== null) this.#pair.setKeys(found);
  }

  async #share(held: boolean): Promise<void> {
    const address = held ? (sharedAddressOf(this.#settings.pair)?.address ?? null) : null;
    try {
      await this.#parts.share(address);
    } catch (error) {
      this.#parts.log.write('alert', 'shared-address-deaf', `The unit holds the shared address but cannot answer on it: ${String(error)}`);
    }
  }
}

function linkKeys(keys: PairKeys | null): LinkKeys | null {
  return keys === null ? null : { send: raw(keys.send.key), accept: keys.accept.map(({ key }) => raw(key)) };
}

const raw = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

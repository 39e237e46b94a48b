import type { AddressHolder } from '../../hal/address-holder.ts';
import type { Clock } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';
import type { Reachability } from '../../hal/reachability.ts';
import type { SecureStreamNet } from '../../hal/secure-stream.ts';
import type { Storage } from '../../hal/storage.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { Settings } from '../config/settings.ts';
import type { FileMessageStore } from '../mailbox/file-message-store.ts';
import type { SiteState } from '../site/site-state.ts';
import type { SettingsSource } from '../site/sources/settings-source.ts';
import type { Log } from '../log.ts';
import type { LinkCommand, LinkEvent, LinkKeys } from './link-protocol.ts';
import { pairNames } from './homecoming/pair-names.ts';
import type { ExchangeStatus } from './pair-exchange.ts';
import { PairExchange } from './pair-exchange.ts';
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
  readonly store: FileMessageStore;
  /** Settings that the two have in common; null where the unit stands alone. */
  readonly site: SettingsSource | null;
  /** As they are now. */
  readonly settings: () => Settings;
  /** To the pair link in the media thread. */
  readonly link: (command: LinkCommand) => void;
  readonly able: () => boolean;
  readonly calls: () => number;
  /** Calls are so many that messages of the partner wait. */
  readonly busy: () => boolean;
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
  #exchange: PairExchange | null = null;
  #serving = false;

  constructor(parts: UnitPairParts, settings: Settings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#pair = new Pair(
      {
        ...parts,
        pbxAlive: settings.peers.some(({ host }) => host !== null) ? parts.hearsPbx : null,
        serving: (serving) => this.#serve(serving),
        address: (held) => void this.#share(held),
      },
      settings.pair,
    );
  }

  /** After the store is open and before calls are answered. Errors: HalError of the storage, or that the secure channel cannot listen. */
  async open(): Promise<void> {
    const { pair, sip, unit } = this.#settings;
    const { site } = this.#parts;
    if (pair === null) return;
    this.#pairing = await Pairing.open({
      ...this.#parts,
      name: unit.name,
      local: { address: sip.address, port: pair.port },
      partnerAddresses: pair.partner,
      rotates: pair.rank === 'primary',
    });
    this.#pairing.keysChanged = (keys) => this.#keysChanged(keys);
    if (site === null) return;
    this.#exchange = await PairExchange.open({ ...this.#parts, site, pair, pairing: this.#pairing, epoch: () => this.status().epoch, serves: () => this.#serving });
  }

  async start(): Promise<void> {
    this.#exchange?.start();
    await this.#pair.start(linkKeys(this.#pairing?.keys() ?? null));
  }

  /** Whose message it is when this unit takes one: that of the partner it stands in for; null = its own. */
  takenFor(): string | null {
    if (this.#settings.pair?.rank !== 'backup') return null;
    const names = this.#pairing === null ? null : pairNames(this.#pairing.identity.fingerprint, this.#pairing.keys());
    return names?.partner ?? 'unpaired';
  }

  /** Whatever call a backup takes, it stands in for its primary: also as a standby, when the PBX sends it one. */
  servesAs(): 'primary' | 'backup' {
    return this.#settings.pair?.rank ?? 'primary';
  }

  linkEvent(event: LinkEvent): void {
    this.#pair.linkEvent(event);
  }

  /** Says goodbye, so that the partner takes over at once. */
  async stop(): Promise<void> {
    await this.#pair.stop();
    await this.#exchange?.stop();
    await this.#pairing?.close();
  }

  /** null = the unit stands alone. */
  get pairing(): Pairing | null {
    return this.#pairing;
  }

  /** null: there is nothing to exchange. */
  exchange(): ExchangeStatus | null {
    return this.#exchange?.status() ?? null;
  }

  /** The state of the site; null = there is none. */
  get site(): SiteState | null {
    return this.#exchange?.state ?? null;
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

  #serve(serving: boolean): void {
    this.#serving = serving;
    this.#parts.serve(serving);
    this.#exchange?.serving(serving);
  }

  /** A partner that is forgotten is heard until the next start: without keys no new link can be made, and stopping one would look like a death. */
  #keysChanged(keys: PairKeys | null): void {
    const found = linkKeys(keys);
    if (found !== null) this.#pair.setKeys(found);
    this.#exchange?.partnerChanged();
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

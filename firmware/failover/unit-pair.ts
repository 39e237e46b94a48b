import type { KeyObject } from 'node:crypto';
import type { AddressHolder } from '../../hal/address-holder.ts';
import type { Clock } from '../../hal/clock.ts';
import type { DatagramNet } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import type { Reachability } from '../../hal/reachability.ts';
import type { SecureStreamNet } from '../../hal/secure-stream.ts';
import type { Storage } from '../../hal/storage.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { Settings } from '../config/settings.ts';
import type { MemberHub } from '../distributed/member-hub.ts';
import type { FileMessageStore } from '../mailbox/file-message-store.ts';
import type { CallFollower, FollowableCall } from '../calls/call-follower.ts';
import type { SiteSource } from '../site/site-source.ts';
import type { SiteState } from '../site/site-state.ts';
import type { SettingsSource } from '../site/sources/settings-source.ts';
import type { Log } from '../log.ts';
import type { LinkCommand, LinkEvent, LinkKeys } from './link-protocol.ts';
import { liveService } from './live/live-protocol.ts';
import type { LivePairParts, LiveStatus } from './live/live-pair.ts';
import { LivePair } from './live/live-pair.ts';
import { pairNames } from './homecoming/pair-names.ts';
import type { ExchangeStatus } from './pair-exchange.ts';
import { PairExchange, partnerKey } from './pair-exchange.ts';
import type { PairStatus } from './pair-status.ts';
import type { MainPbxes } from './pair-parts.ts';
import { Pair } from './pair.ts';
import type { PairKeys } from './pairing/pairing.ts';
import { Pairing } from './pairing/pairing.ts';
import { sharedAddressOf } from './shared-address.ts';

export interface UnitPairParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly datagram: DatagramNet;
  readonly storage: Storage;
  readonly log: Log;
  readonly stream: StreamNet;
  readonly secure: SecureStreamNet;
  readonly reachability: Reachability;
  /** null: the machine cannot move addresses. */
  readonly addressHolder: AddressHolder | null;
  readonly store: FileMessageStore;
  /** Further documents that the site has in common. */
  readonly siteSources: () => readonly SiteSource[];
  /** Settings that the two have in common; null where the unit stands alone. */
  readonly site: SettingsSource | null;
  /** As they are now. */
  readonly settings: () => Settings;
  /** To the pair link in the media thread. */
  readonly link: (command: LinkCommand) => void;
  readonly able: () => boolean;
  readonly calls: () => number;
  /** The same calls, for those of the partner to follow. */
  readonly liveCalls: () => Iterable<FollowableCall>;
  /** See `LivePairParts`. */
  readonly carryOn: LivePairParts['carryOn'];
  /** Calls are so many that messages of the partner wait. */
  readonly busy: () => boolean;
  /** Whether `pair.messages: mirror` may be had; else messages come home. */
  readonly mayMirror: () => boolean;
  /** Whether a PBX is heard within the time, or was less than `maxAgeMs` ago. */
  readonly hearsPbx: (timeoutMs: number, maxAgeMs: number) => Promise<boolean>;
  readonly mainPbx: MainPbxes;
  /** The unit serves from now on, or falls silent. */
  readonly serve: (serving: boolean) => void;
  /** All lamps are told anew. */
  readonly refreshLamps: () => void;
  /** Answers on the shared address from now on; null = no more. */
  readonly share: (address: string | null) => Promise<void>;
}

/** How long a unit that stops waits for its calls to be at the partner, and their recordings safe there. */
const handOverMs = 2000;

/** The unit's place in its pair: the pairing gives keys, the pair decides who serves, the unit is told. A unit without a pair serves. */
export class UnitPair {
  readonly #parts: UnitPairParts;
  readonly #settings: Settings;
  readonly #pair: Pair;
  #pairing: Pairing | null = null;
  #exchange: PairExchange | null = null;
  #live: LivePair | null = null;
  #serving = false;

  constructor(parts: UnitPairParts, settings: Settings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#pair = new Pair(
      {
        ...parts,
        ...(settings.pair?.calls === 'follow' ? { breaking: () => this.#breaking(), beforeMove: () => this.#beforeMove() } : {}),
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
    if (pair.calls === 'follow') this.#live = this.#makeLive(this.#pairing);
    if (site === null) return;
    this.#exchange = await PairExchange.open({ ...this.#parts, site, pair, pairing: this.#pairing, epoch: () => this.status().epoch, serves: () => this.#serving });
  }

  async start(): Promise<void> {
    this.#startLive();
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

  /** Says goodbye, so that the partner takes over at once; calls that it follows go on there. */
  async stop(): Promise<void> {
    await this.#live?.prepare();
    await this.#pair.stop();
    await this.#live?.handedOver(handOverMs);
    this.#live?.stop();
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

  /** Calls in progress, as the two tell each other; null: they end with the unit that has them. */
  live(): LiveStatus | null {
    return this.#live?.status() ?? null;
  }

  /** Is told of calls; null: they end with the unit that has them. */
  get follower(): CallFollower | null {
    return this.#live;
  }

  /** The state of the site; null = there is none. */
  get site(): SiteState | null {
    return this.#exchange?.state ?? null;
  }

  /** The partner is said to have a newer state of the site. */
  lookAtPartner(): void {
    this.#exchange?.lookAtPartner();
  }

  /** What this partner signs with; null = that is not the partner. */
  partnerKey(unit: string): KeyObject | null {
    return this.#pairing === null ? null : partnerKey(this.#pairing, unit);
  }

  get serves(): boolean {
    return this.#settings.pair === null || this.#serving;
  }

  /** The distributed units of the site; null = this unit has none. */
  get members(): MemberHub | null {
    return this.#exchange?.members ?? null;
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
    this.#live?.serving(serving);
  }

  /** Calls that the partner could not carry on now. */
  #breaking(): number {
    const live = this.#live?.status();
    return live === undefined ? this.#parts.calls() : live.calls - live.followed;
  }

  async #beforeMove(): Promise<void> {
    await this.#live?.prepare();
  }

  #makeLive({ identity }: Pairing): LivePair {
    const { store, liveCalls, carryOn } = this.#parts;
    return new LivePair({
      ...this.#parts,
      recordings: store.followed,
      names: () => pairNames(identity.fingerprint, this.#pairing?.keys() ?? null),
      ports: this.#settings.ports,
      calls: liveCalls,
      carryOn,
    });
  }

  #startLive(): void {
    const [live, pairing] = [this.#live, this.#pairing];
    if (live === null || pairing === null) return;
    pairing.channel.serve(liveService, (connection) => live.serve(connection));
    if (this.#settings.pair?.rank === 'primary') live.dial(() => pairing.dial(liveService));
  }

  /** A partner that is forgotten is heard until the next start: without keys no new link can be made, and stopping one would look like a death. */
  #keysChanged(keys: PairKeys | null): void {
    const found = linkKeys(keys);
    if (found !== null) this.#pair.setKeys(found);
    this.#exchange?.partnerChanged();
  }

  /** Calls of the partner follow the address. */
  async #share(held: boolean): Promise<void> {
    const address = held ? (sharedAddressOf(this.#settings.pair)?.address ?? null) : null;
    try {
      await this.#parts.share(address);
    } catch (error) {
      this.#parts.log.write('alert', 'shared-address-deaf', `The unit holds the shared address but cannot answer on it: ${String(error)}`);
    }
    if (held) this.#live?.takeOver();
  }
}

function linkKeys(keys: PairKeys | null): LinkKeys | null {
  return keys === null ? null : { send: raw(keys.send.key), accept: keys.accept.map(({ key }) => raw(key)) };
}

const raw = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

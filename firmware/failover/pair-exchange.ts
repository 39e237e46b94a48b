import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { PairSettings, Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { FileMessageStore } from '../mailbox/file-message-store.ts';
import { spokenFirst } from '../site/channel/spoken-first.ts';
import type { SiteIdentity } from '../site/signed-manifest.ts';
import { SiteState } from '../site/site-state.ts';
import { GreetingSource } from '../site/sources/greeting-source.ts';
import { OwnerSource } from '../site/sources/owner-source.ts';
import type { SettingsSource } from '../site/sources/settings-source.ts';
import type { SyncStatus } from '../site/sync.ts';
import { SiteSync } from '../site/sync.ts';
import type { HomecomingStatus } from './homecoming/homecoming.ts';
import { Homecoming } from './homecoming/homecoming.ts';
import { homecomingService } from './homecoming/home-protocol.ts';
import { pairNames } from './homecoming/pair-names.ts';
import type { Pairing } from './pairing/pairing.ts';

export interface PairExchangeParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: Log;
  /** Open, and nobody uses it yet. */
  readonly store: FileMessageStore;
  readonly site: SettingsSource;
  readonly settings: () => Settings;
  readonly pair: PairSettings;
  readonly pairing: Pairing;
  readonly epoch: () => number;
  readonly serves: () => boolean;
  readonly busy: () => boolean;
}

export interface ExchangeStatus {
  /** null: no partner yet. */
  readonly sync: SyncStatus | null;
  readonly home: HomecomingStatus;
}

export const siteService = 'site';
/** One pair is one site, as long as there are no larger ones; whose manifests count is settled by their keys. */
const siteName = 'site';

/** What the two units tell each other beside the heartbeat: the state of the site both ways, and messages that come home. The primary dials. */
export class PairExchange {
  readonly #parts: PairExchangeParts;
  readonly #state: SiteState;
  readonly #home: Homecoming;
  #sync: SiteSync | null = null;
  #partner = '';

  private constructor(parts: PairExchangeParts, state: SiteState, home: Homecoming) {
    this.#parts = parts;
    this.#state = state;
    this.#home = home;
  }

  /** Before calls are answered, so that what the site knows is in force. Errors: HalError. */
  static async open(parts: PairExchangeParts): Promise<PairExchange> {
    const { store, site, pair, pairing, settings } = parts;
    const identity = siteIdentity(pairing);
    const state = await SiteState.open({
      ...parts,
      identity,
      sources: [site, new OwnerSource(store.owners), new GreetingSource(store.greetings)],
      epoch: () => Math.max(1, parts.epoch()),
      reserveBytes: () => settings().messages.reserveMiB * 1024 * 1024,
    });
    const names = () => pairNames(pairing.identity.fingerprint, pairing.keys());
    const home = await Homecoming.open({ ...parts, transfer: store.transfer, rank: pair.rank, names, mode: () => settings().pair?.messages ?? 'none', kbps: () => halfRate(settings()) });
    return new PairExchange(parts, state, home);
  }

  start(): void {
    const { pairing, pair, clock } = this.#parts;
    pairing.channel.serve(siteService, (connection) => void spokenFirst(connection, clock, (spoken) => (this.#sync === null ? spoken.close() : this.#sync.attach(spoken))));
    pairing.channel.serve(homecomingService, (connection) => this.#home.serve(connection));
    if (pair.rank === 'primary') this.#seed();
    this.partnerChanged();
  }

  /** After the pairing has changed: the exchange with a new partner begins. */
  partnerChanged(): void {
    const { clock, random, log, pairing, pair, settings } = this.#parts;
    const partner = pairing.keys()?.partner ?? '';
    if (partner === this.#partner) return;
    this.#partner = partner;
    this.#sync?.stop();
    this.#sync = partner === '' ? null : new SiteSync({ clock, random, log, state: this.#state, identity: siteIdentity(pairing), partner, kbps: () => halfRate(settings()) });
    if (pair.rank !== 'primary' || partner === '') return;
    this.#sync?.dial(() => pairing.dial(siteService));
    this.#home.dial(() => pairing.dial(homecomingService));
  }

  /** This unit serves from now on, or no more. A backup that serves before it ever heard of a site begins one. */
  serving(serves: boolean): void {
    if (serves) this.#seed();
    this.#home.check();
  }

  /** For the console. */
  get state(): SiteState {
    return this.#state;
  }

  status(): ExchangeStatus {
    return { sync: this.#sync?.status() ?? null, home: this.#home.status() };
  }

  async stop(): Promise<void> {
    this.#sync?.stop();
    this.#home.stop();
    await this.#state.close();
  }

  #seed(): void {
    this.#state.seed().catch((error: unknown) => this.#parts.log.write('error', 'site-not-seeded', `What this unit holds could not be made the state of the site: ${String(error)}`));
  }
}

/** The two conversations share the rate; each may send half. */
const halfRate = ({ pair }: Settings): number => (pair?.syncKbps ?? 64) / 2;

function siteIdentity(pairing: Pairing): SiteIdentity {
  const { certificate, privateKey, fingerprint } = pairing.identity;
  const own = new X509Certificate(certificate).publicKey;
  return {
    site: siteName,
    unit: fingerprint,
    privateKey: createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }),
    publicKey: (unit) => (unit === fingerprint ? own : partnerKey(pairing, unit)),
  };
}

/** The partner's certificate came with the pairing, under the code; its key signs what it writes. */
function partnerKey(pairing: Pairing, unit: string): KeyObject | null {
  const { partner } = pairing.status();
  return partner === null || partner.fingerprint !== unit ? null : new X509Certificate(Buffer.from(partner.certificate, 'base64')).publicKey;
}

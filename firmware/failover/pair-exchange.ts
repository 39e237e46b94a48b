import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';
import type { SecureStreamNet } from '../../hal/secure-stream.ts';
import type { Storage } from '../../hal/storage.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { PairSettings, Settings } from '../config/settings.ts';
import { MemberHub } from '../distributed/member-hub.ts';
import type { Log } from '../log.ts';
import type { FileMessageStore } from '../mailbox/file-message-store.ts';
import { spokenFirst } from '../site/channel/spoken-first.ts';
import { memberIdentity } from '../site/members/member-identity.ts';
import { MemberSource } from '../site/members/member-source.ts';
import { MemberStore } from '../site/members/member-store.ts';
import type { SiteIdentity } from '../site/signed-manifest.ts';
import { keptBackBytes } from '../mailbox/admission.ts';
import type { SiteSource } from '../site/site-source.ts';
import { SiteState } from '../site/site-state.ts';
import { GreetingSource } from '../site/sources/greeting-source.ts';
import { mailboxVerification } from '../site/sources/mailbox-verification.ts';
import { OwnerSource } from '../site/sources/owner-source.ts';
import type { SettingsSource } from '../site/sources/settings-source.ts';
import type { SyncStatus } from '../site/sync.ts';
import { SiteSync } from '../site/sync.ts';
import type { HomecomingStatus } from './homecoming/homecoming.ts';
import { Homecoming } from './homecoming/homecoming.ts';
import type { MirrorStatus } from './mirror/mirror.ts';
import { Mirror } from './mirror/mirror.ts';
import { mirrorService } from './mirror/mirror-protocol.ts';
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
  /** Further documents that the site has in common. */
  readonly siteSources: () => readonly SiteSource[];
  readonly site: SettingsSource;
  readonly settings: () => Settings;
  readonly pair: PairSettings;
  readonly pairing: Pairing;
  readonly epoch: () => number;
  readonly serves: () => boolean;
  readonly busy: () => boolean;
  /** Whether `mirror` may be had. */
  readonly mayMirror: () => boolean;
  readonly stream: StreamNet;
  readonly secure: SecureStreamNet;
  /** All lamps are told anew, since a distributed unit has told some. */
  readonly refreshLamps: () => void;
}

export interface ExchangeStatus {
  /** null: no partner yet. */
  readonly sync: SyncStatus | null;
  readonly home: HomecomingStatus;
  readonly mirror: MirrorStatus;
}

export const siteService = 'site';

/**
 * What the two units tell each other beside the heartbeat: the state of the site both ways, and messages that come home. The primary dials.
 * The distributed units of the site are `members`.
 */
export class PairExchange {
  readonly #parts: PairExchangeParts;
  readonly #state: SiteState;
  readonly #home: Homecoming;
  readonly #identity: SiteIdentity;
  readonly #mirror: Mirror;
  readonly members: MemberHub;
  #sync: SiteSync | null = null;
  #partner = '';

  private constructor(parts: PairExchangeParts, opened: { state: SiteState; home: Homecoming; mirror: Mirror; identity: SiteIdentity; members: MemberHub }) {
    this.#parts = parts;
    this.#state = opened.state;
    this.#home = opened.home;
    this.#mirror = opened.mirror;
    this.#identity = opened.identity;
    this.members = opened.members;
  }

  /** Before calls are answered, so that what the site knows is in force. Errors: HalError. */
  static async open(parts: PairExchangeParts): Promise<PairExchange> {
    const { store, site, pair, pairing, settings, storage, log } = parts;
    const members = await MemberStore.open(storage, log);
    const identity = memberIdentity({ own: pairing.identity, members, joined: (unit) => partnerCertificate(pairing, unit) });
    const names = () => pairNames(pairing.identity.fingerprint, pairing.keys());
    const shared = { ...parts, transfer: store.transfer, names, kbps: () => halfRate(settings()) };
    const chosen = (): PairSettings['messages'] => {
      const messages = settings().pair?.messages ?? 'none';
      return messages === 'mirror' && !parts.mayMirror() ? 'homecoming' : messages;
    };
    const mirror = await Mirror.open({ ...shared, mirror: store.mirror, on: () => chosen() === 'mirror' });
    // Each knows what came by the other's way; neither asks before both are open.
    const came: { members: (id: string) => boolean } = { members: () => false };
    const home = await Homecoming.open({ ...shared, rank: pair.rank, mode: () => homecomingMode(pair.rank, chosen(), mirror.partnerMirrors), cameElsewhere: (id) => came.members(id) });
    const hub = await MemberHub.open({
      ...parts, transfer: store.transfer, members, identity, rank: pair.rank, name: settings().unit.name, local: { address: settings().sip.address, port: pair.port },
      kbps: () => halfRate(settings()), cameHome: (id) => home.came(id),
    });
    came.members = (id) => hub.came(id);
    try {
      const state = await SiteState.open({
        ...parts,
        identity,
        sources: [site, new OwnerSource(store.owners), new GreetingSource(store.greetings), new MemberSource(members), ...parts.siteSources()],
        epoch: () => Math.max(1, parts.epoch()),
        reserveBytes: () => keptBackBytes(settings().messages),
        verification: mailboxVerification(store),
      });
      return new PairExchange(parts, { state, home, mirror, identity, members: hub });
    } catch (error) {
      hub.stop(); // it listens
      throw error;
    }
  }

  start(): void {
    const { pairing, pair, clock } = this.#parts;
    pairing.channel.serve(siteService, (connection) => void spokenFirst(connection, clock, (spoken) => (this.#sync === null ? spoken.close() : this.#sync.attach(spoken))));
    pairing.channel.serve(homecomingService, (connection) => this.#home.serve(connection));
    pairing.channel.serve(mirrorService, (connection) => this.#mirror.serve(connection));
    this.#mirror.check();
    this.members.start(this.#state);
    if (pair.rank === 'primary') this.#seed();
    this.partnerChanged();
  }

  /** After the pairing has changed: the exchange with a new partner begins. */
  partnerChanged(): void {
    const { clock, random, log, pairing, pair, settings } = this.#parts;
    const partner = pairing.keys()?.partner ?? '';
    if (partner === this.#partner) return;
    this.#partner = partner;
    this.members.partnerChanged();
    this.#sync?.stop();
    if (partner === '') this.#home.release();
    this.#sync = partner === '' ? null : new SiteSync({ clock, random, log, state: this.#state, identity: this.#identity, partner, kbps: () => halfRate(settings()) });
    if (pair.rank !== 'primary' || partner === '') return;
    this.#sync?.dial(() => pairing.dial(siteService));
    this.#home.dial(() => pairing.dial(homecomingService));
    this.#mirror.dial(() => pairing.dial(mirrorService));
  }

  /** This unit serves from now on, or no more. A backup that serves before it ever heard of a site begins one. */
  serving(serves: boolean): void {
    if (serves) this.#seed();
    this.#home.check();
    this.members.serving(serves);
  }

  /** The partner is said to have something new. */
  lookAtPartner(): void {
    this.#sync?.look();
  }

  /** For the console. */
  get state(): SiteState {
    return this.#state;
  }

  status(): ExchangeStatus {
    return { sync: this.#sync?.status() ?? null, home: this.#home.status(), mirror: this.#mirror.status() };
  }

  async stop(): Promise<void> {
    this.members.stop();
    this.#sync?.stop();
    this.#home.stop();
    this.#mirror.stop();
    await this.#state.close();
  }

  #seed(): void {
    this.#state.seed().catch((error: unknown) => this.#parts.log.write('error', 'site-not-seeded', `What this unit holds could not be made the state of the site: ${String(error)}`));
  }
}

/** Site and messages share the rate; each may send half. Messages come home or are mirrored, never both. */
const halfRate = ({ pair }: Settings): number => (pair?.syncKbps ?? 64) / 2;

/**
 * While messages are mirrored none goes home. Of two units that are set otherwise the lesser holds: a primary that finds that its backup
 * does not mirror brings them home; a backup lets them go when it is asked.
 */
export function homecomingMode(rank: PairSettings['rank'], chosen: PairSettings['messages'], partnerMirrors: boolean | null): 'none' | 'homecoming' {
  if (chosen !== 'mirror') return chosen;
  return rank === 'primary' && partnerMirrors !== false ? 'none' : 'homecoming';
}

/** The partner's certificate came with the pairing, under the code; its key signs what it writes. */
function partnerCertificate(pairing: Pairing, unit: string): string | null {
  const { partner } = pairing.status();
  return partner === null || partner.fingerprint !== unit ? null : partner.certificate;
}

/** null = that is not the partner. */
export function partnerKey(pairing: Pairing, unit: string): KeyObject | null {
  const certificate = partnerCertificate(pairing, unit);
  return certificate === null ? null : new X509Certificate(Buffer.from(certificate, 'base64')).publicKey;
}

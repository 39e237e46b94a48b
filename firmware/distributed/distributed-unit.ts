import type { Clock, Timer } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { SecureStreamNet } from '../../hal/secure-stream.ts';
import type { Storage } from '../../hal/storage.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { CentralSettings, Settings } from '../config/settings.ts';
import { HomeKeeper } from '../failover/homecoming/home-keeper.ts';
import type { Waiting } from '../failover/homecoming/home-protocol.ts';
import { unitMark } from '../failover/homecoming/pair-names.ts';
import type { Agreement } from '../failover/pairing/pair-run.ts';
import type { Log } from '../log.ts';
import type { FileMessageStore } from '../mailbox/file-message-store.ts';
import type { Member } from '../site/members/member.ts';
import type { SiteSource } from '../site/site-source.ts';
import type { SiteState } from '../site/site-state.ts';
import type { SettingsSource } from '../site/sources/settings-source.ts';
import type { SyncStatus } from '../site/sync.ts';
import { SiteSync } from '../site/sync.ts';
import type { JoinedCentral } from './central-record.ts';
import type { Central } from './central-watch.ts';
import { CentralWatch } from './central-watch.ts';
import { deliveryService, stateService } from './delivery-protocol.ts';
import { lifeService } from './life-line.ts';
import type { Reached } from './member-channel.ts';
import { dialCentral, memberPortAbove } from './member-channel.ts';
import { Outbound } from './outbound.ts';
import type { SiteJoinResult } from './site-join.ts';
import { SiteJoin } from './site-join.ts';
import { SiteMembership } from './site-membership.ts';
import type { StandingName } from './standing.ts';
import { collectsHere, lampsHere } from './standing.ts';
import type { StandingChange } from './standing-run.ts';
import { StandingRun } from './standing-run.ts';

export interface DistributedUnitParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: Log;
  readonly stream: StreamNet;
  readonly secure: SecureStreamNet;
  /** Opened before this. */
  readonly store: FileMessageStore;
  /** Further documents that the site has in common. */
  readonly siteSources: () => readonly SiteSource[];
  readonly site: SettingsSource;
  readonly settings: () => Settings;
  /** How long ago a PBX was heard; Infinity = never, null = none is watched. */
  readonly pbxSilentMs: () => number | null;
  /** Lamps are this unit's from now on, or are no more: those that concern it must be told. */
  readonly lampsChanged: () => void;
}

export interface DistributedStatus {
  readonly standing: StandingName;
  readonly joined: JoinedCentral | null;
  /** The unit that serves as the central one; null = none answers. */
  readonly central: (Central & { readonly name: string }) | null;
  readonly silentMs: number;
  /** Messages that are not at the central unit yet. */
  readonly waiting: Waiting;
  /** Those that went there in this run. */
  readonly gone: number;
  readonly sync: SyncStatus | null;
  readonly problem: string | null;
  readonly members: readonly Member[];
  /** The newest last. */
  readonly changes: readonly StandingChange[];
}

/** A dial that hangs must not keep this unit from the backup of the central one. */
const dialLimitMs = 2000;
/** What is looked at, not told: the PBX, and what waits. */
const lookMs = 1000;
/** A PBX that was heard within this time answers. */
const pbxHeardMs = 10_000;

/**
 * A unit that records for the central unit of its site: everything is local but storage and collection.
 *
 *   CentralWatch ── found, lost ──> StandingRun ── following, alone, returning ──> where owners collect, who lights the lamps
 *        └── the unit that serves ──> Outbound (messages go there), SiteSync (greetings, PINs, settings, members)
 */
export class DistributedUnit {
  readonly #parts: DistributedUnitParts;
  readonly #central: CentralSettings;
  readonly #standing: StandingRun;
  readonly #membership: SiteMembership;
  readonly #keeper: HomeKeeper;
  readonly #watch: CentralWatch;
  readonly #outbound: Outbound;
  readonly #joining: SiteJoin;
  #sync: SiteSync | null = null;
  #looking: Timer | null = null;
  #stopped = false;
  /** Mailboxes whose lamps this unit has told since it is alone. */
  readonly #lit = new Set<string>();

  private constructor(parts: DistributedUnitParts, central: CentralSettings, membership: SiteMembership) {
    const { clock, random, log, store } = parts;
    const { identity } = membership;
    this.#parts = parts;
    this.#central = central;
    this.#membership = membership;
    this.#keeper = new HomeKeeper({ log, transfer: store.transfer, own: () => unitMark(identity.fingerprint), on: () => true });
    this.#standing = new StandingRun({ clock, log, times: { awayMs: central.misses * central.aliveMs, returnMs: central.returnSec * 1000 }, changed: (to) => this.#changed(to) });
    this.#outbound = new Outbound({ clock, random, keeper: this.#keeper, own: identity.fingerprint, kbps: () => this.#halfRate() });
    this.#watch = new CentralWatch({ clock, addresses: central.addresses, aliveMs: central.aliveMs, dial: (address) => this.#dial(address, lifeService), found: (found) => this.#found(found), lost: (why) => this.#lost(why) });
    this.#joining = new SiteJoin({ ...parts, identity, name: parts.settings().unit.name, port: central.port, store: (agreement) => this.#join(agreement) });
  }

  /** After the store is open and before calls are answered, so that what the site knows is in force. Errors: HalError. */
  static async open(parts: DistributedUnitParts, central: CentralSettings): Promise<DistributedUnit> {
    return new DistributedUnit(parts, central, await SiteMembership.open(parts));
  }

  start(): void {
    this.#standing.start();
    if (this.#membership.joined === null) this.#standing.input({ type: 'lost', silentMs: Number.POSITIVE_INFINITY, why: 'this unit has joined no site yet' });
    this.#watch.start();
    this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#looking?.cancel();
    this.#joining.stop();
    this.#watch.stop();
    this.#standing.stop();
    this.#outbound.stop();
    this.#sync?.stop();
    await this.#membership.state.close();
  }

  /** Whose message it is when this unit takes one. */
  takenFor(): string {
    return this.#membership.takenFor();
  }

  /** Where owners are sent who want to collect; null = they are served here. */
  collectAt(): string | null {
    return collectsHere(this.#standing.state) ? null : (this.#parts.settings().central ?? this.#central).collectAt;
  }

  /** Whether this unit tells the lamp of a mailbox that holds so many messages here. */
  lights(mailbox: string, messages: number): boolean {
    if (!lampsHere(this.#standing.state)) return false;
    // Of a mailbox without messages here the central unit has told what it knows.
    if (messages > 0) this.#lit.add(mailbox);
    return this.#lit.has(mailbox);
  }

  /** Something has changed in the store. */
  storeChanged(): void {
    this.#tellWaiting();
    this.#outbound.changed();
  }

  /** Never rejects. */
  join(address: string, code: string, signal: AbortSignal): Promise<SiteJoinResult> {
    return this.#joining.join(address, code, signal);
  }

  /** This unit belongs to no site any more; what it holds stays. Whether it belonged to one. Errors: HalError. */
  async leave(): Promise<boolean> {
    const had = await this.#membership.leave();
    this.#watch.stop();
    if (had) this.#lost('this unit has left its site', Number.POSITIVE_INFINITY);
    return had;
  }

  get site(): SiteState {
    return this.#membership.state;
  }

  status(): DistributedStatus {
    const { joined, members } = this.#membership;
    const keeper = this.#keeper;
    const { central } = this.#watch;
    const name = central === null ? '' : this.#membership.nameOf(central.unit);
    const sync = this.#sync?.status() ?? null;
    return {
      standing: this.#standing.state.name,
      joined,
      central: central && { ...central, name },
      silentMs: this.#watch.silentMs,
      waiting: keeper.waiting(),
      gone: keeper.gone,
      sync,
      problem: this.#watch.problem ?? this.#outbound.problem ?? keeper.problem ?? sync?.problem ?? null,
      members,
      changes: this.#standing.changes,
    };
  }

  /** The two conversations share the rate. */
  #halfRate(): number {
    return (this.#parts.settings().central ?? this.#central).syncKbps / 2;
  }

  async #dial(address: string, service: string): Promise<Reached> {
    const { secure, clock } = this.#parts;
    const central = this.#membership.centralUnits();
    if (central.length === 0) throw new HalError('not-found', address, 'this unit has joined no site');
    return dialCentral({ secure, clock, own: this.#membership.identity, central, to: { address, port: this.#central.port + memberPortAbove }, service, limitMs: dialLimitMs });
  }

  #found({ address, unit }: Central): void {
    const { clock, random, log } = this.#parts;
    const { state, siteId } = this.#membership;
    this.#standing.input({ type: 'found' });
    this.#outbound.dial(unit, async () => (await this.#dial(address, deliveryService)).connection);
    this.#sync?.stop();
    this.#sync = new SiteSync({ clock, random, log, state, identity: siteId, partner: unit, kbps: () => this.#halfRate() });
    this.#sync.dial(async () => (await this.#dial(address, stateService)).connection);
  }

  #lost(why: string, silentMs = this.#watch.silentMs): void {
    this.#outbound.leave();
    this.#sync?.stop();
    this.#sync = null;
    this.#standing.input({ type: 'lost', silentMs, why });
  }

  #changed(to: StandingName): void {
    if (to === 'alone') this.#lit.clear();
    if (to === 'following') this.#outbound.lampsChanged();
    this.#parts.lampsChanged();
  }

  #look(): void {
    const silentMs = this.#parts.pbxSilentMs();
    this.#standing.input({ type: 'pbx', answers: silentMs === null ? null : silentMs < pbxHeardMs });
    this.#tellWaiting();
    if (!this.#stopped) this.#looking = this.#parts.clock.after('distributed look', lookMs, () => this.#look());
  }

  #tellWaiting(): void {
    this.#standing.input({ type: 'waiting', messages: this.#keeper.waiting().messages });
  }

  /** Does not reject. */
  async #join(agreement: Agreement): Promise<'stored' | 'failed'> {
    const result = await this.#membership.join(agreement);
    if (result === 'stored') this.#watch.start();
    return result;
  }
}

import type { Clock } from '../../hal/clock.ts';
import type { Fingerprint } from '../../hal/secure-stream.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { SecureStreamNet } from '../../hal/secure-stream.ts';
import type { StreamConnection, StreamNet } from '../../hal/stream.ts';
import type { Endpoint } from '../../hal/datagram.ts';
import type { Rank } from '../failover/role.ts';
import { Arrivals } from '../failover/homecoming/arrivals.ts';
import { unitMark } from '../failover/homecoming/pair-names.ts';
import type { Pairing } from '../failover/pairing/pairing.ts';
import type { Log } from '../log.ts';
import { homeFolder } from '../mailbox/mailbox-paths.ts';
import type { MessageTransfer } from '../mailbox/message-transfer.ts';
import { spokenFirst } from '../site/channel/spoken-first.ts';
import type { Member } from '../site/members/member.ts';
import type { MemberStore } from '../site/members/member-store.ts';
import type { SiteIdentity } from '../site/signed-manifest.ts';
import type { SiteState } from '../site/site-state.ts';
import type { SyncStatus } from '../site/sync.ts';
import { SiteSync } from '../site/sync.ts';
import { CentralMembers } from './central-members.ts';
import { deliveryService, stateService } from './delivery-protocol.ts';
import type { IntakeStatus } from './intake.ts';
import { Intake } from './intake.ts';
import { answerLife, lifeService } from './life-line.ts';
import { MemberChannel, memberPortAbove } from './member-channel.ts';
import { MemberDesk } from './member-desk.ts';

export interface MemberHubParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: Log;
  readonly stream: StreamNet;
  readonly secure: SecureStreamNet;
  readonly transfer: MessageTransfer;
  readonly pairing: Pairing;
  readonly members: MemberStore;
  readonly identity: SiteIdentity;
  readonly rank: Rank;
  /** `unit.name`. */
  readonly name: string;
  /** Where the pair's codes are served. */
  readonly local: Endpoint;
  readonly serves: () => boolean;
  /** Calls are so many that messages wait. */
  readonly busy: () => boolean;
  /** What each conversation with a member may send, kbit/s. */
  readonly kbps: () => number;
  readonly refreshLamps: () => void;
  /** Whether a message came over the backup. */
  readonly cameHome: (id: string) => boolean;
}

export interface MemberStatus {
  readonly member: Member;
  /** null for the central pair, and for a member that has not been heard in this run. */
  readonly delivery: IntakeStatus | null;
  readonly sync: SyncStatus | null;
}

/**
 * The central unit's side of its distributed units; the backup has it too, and both are ready for members while they serve.
 *
 *   member ── MemberChannel ──┬ life       answered at once
 *                             ├ messages   Intake: one for each member, each with a ledger of its own
 *                             └ site       SiteSync: one for each member, all over one SiteState
 */
export class MemberHub {
  readonly #parts: MemberHubParts;
  readonly #channel: MemberChannel;
  readonly #desk: MemberDesk;
  readonly #central: CentralMembers;
  readonly #arrivals = new Map<Fingerprint, Promise<Arrivals>>();
  /** Of those that are open. */
  readonly #ledgers = new Map<Fingerprint, Arrivals>();
  readonly #intakes = new Map<Fingerprint, Intake>();
  readonly #syncs = new Map<Fingerprint, SiteSync>();
  /** Of each member the newest; how to end it. */
  readonly #lives = new Map<Fingerprint, () => void>();
  #state: SiteState | null = null;
  #unwatch: () => void = () => undefined;
  #stopped = false;

  private constructor(parts: MemberHubParts) {
    const { pairing, local, members } = parts;
    this.#parts = parts;
    this.#channel = new MemberChannel({ ...parts, identity: pairing.identity, local: { ...local, port: local.port + memberPortAbove }, members: () => this.#fingerprints() });
    this.#desk = new MemberDesk({ ...parts, identity: pairing.identity });
    this.#central = new CentralMembers({ ...parts, members });
  }

  /** After the store is open, before an owner can purge anything. Errors: HalError, also that the channel cannot listen. */
  static async open(parts: MemberHubParts): Promise<MemberHub> {
    const hub = new MemberHub(parts);
    for (const member of hub.#fingerprints()) await hub.#arrivalsOf(member);
    await hub.#channel.open();
    return hub;
  }

  start(state: SiteState): void {
    const { clock, members } = this.#parts;
    this.#state = state;
    this.#channel.serve(lifeService, (connection, member) => this.#life(connection, member));
    this.#channel.serve(deliveryService, (connection, member) => void spokenFirst(connection, clock, (spoken) => void this.#deliver(spoken, member)));
    this.#channel.serve(stateService, (connection, member) => void spokenFirst(connection, clock, (spoken) => this.#synchronise(spoken, member)));
    this.#unwatch = members.watch(() => this.#membersChanged());
    this.#membersChanged();
  }

  /** The pairing has changed: who is of the central pair is put right. */
  partnerChanged(): void {
    this.#central.putRight();
  }

  /** This unit serves from now on, or no more: then members look for the one that does. */
  serving(serves: boolean): void {
    if (serves) for (const intake of this.#intakes.values()) intake.check();
    else this.#dropAll();
  }

  /** Whether a message came from a member; its owner may have purged it since. */
  came(id: string): boolean {
    return [...this.#ledgers.values()].some((arrivals) => arrivals.came(id));
  }

  get serves(): boolean {
    return this.#parts.serves();
  }

  showCode(): ReturnType<MemberDesk['showCode']> {
    return this.#desk.showCode();
  }

  /** Cuts a distributed unit off, here at once and at the other units with the next version of the site. false = there is none. Errors: HalError. */
  async remove(fingerprint: Fingerprint): Promise<boolean> {
    const { members, log } = this.#parts;
    const member = members.find(fingerprint);
    if (member?.kind !== 'distributed') return false;
    await this.#central.remove(member);
    log.write('notice', 'member-removed', `The unit ${member.name} is no member of this site any more.`, { name: member.name, fingerprint });
    return true;
  }

  /** The central pair first. */
  status(): readonly MemberStatus[] {
    const order: Readonly<Record<Member['kind'], number>> = { primary: 0, backup: 1, distributed: 2 };
    const members = [...this.#parts.members.members].sort((one, other) => order[one.kind] - order[other.kind] || (one.name < other.name ? -1 : 1));
    return members.map((member) => ({ member, delivery: this.#intakes.get(member.fingerprint)?.status() ?? null, sync: this.#syncs.get(member.fingerprint)?.status() ?? null }));
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#desk.close();
    this.#channel.close();
    this.#dropAll();
    for (const intake of this.#intakes.values()) intake.stop();
    for (const sync of this.#syncs.values()) sync.stop();
  }

  #fingerprints(): Fingerprint[] {
    return this.#parts.members.members.filter(({ kind }) => kind === 'distributed').map(({ fingerprint }) => fingerprint);
  }

  #life(connection: StreamConnection, member: Fingerprint): void {
    this.#lives.get(member)?.();
    this.#lives.set(member, answerLife(connection, this.#parts.clock));
  }

  async #deliver(connection: StreamConnection, member: Fingerprint): Promise<void> {
    // What comes meanwhile must not be lost.
    const early: Uint8Array[] = [];
    let closed = false;
    connection.received = (bytes) => void early.push(new Uint8Array(bytes));
    connection.closed = () => (closed = true);
    const intake = await this.#intakeOf(member);
    if (intake === null || closed) return connection.close();
    intake.attach(connection);
    for (const bytes of early) connection.received?.(bytes);
  }

  /** null: it is no member any more, or the disk refused. */
  async #intakeOf(member: Fingerprint): Promise<Intake | null> {
    const { members, log, pairing, clock, serves, busy, kbps, refreshLamps } = this.#parts;
    const arrivals = await this.#arrivalsOf(member).catch((error: unknown) => void log.write('error', 'member-ledger-failed', `Messages of a member cannot be taken: ${String(error)}`));
    const name = members.find(member)?.name;
    if (arrivals === undefined || name === undefined || this.#stopped) return null;
    const known = this.#intakes.get(member);
    if (known !== undefined) return known;
    const intake = new Intake({ clock, log, arrivals, own: pairing.identity.fingerprint, member, name, mayCome: () => serves() && !busy(), kbps, refreshLamps });
    this.#intakes.set(member, intake);
    return intake;
  }

  #arrivalsOf(member: Fingerprint): Promise<Arrivals> {
    const known = this.#arrivals.get(member);
    if (known !== undefined) return known;
    const { storage, log, transfer } = this.#parts;
    const opening = Arrivals.open({ storage, log, transfer, folder: `${homeFolder}/${unitMark(member)}`, cameElsewhere: (id) => this.#cameElsewhere(member, id) }).then((arrivals) => {
      this.#ledgers.set(member, arrivals);
      return arrivals;
    });
    opening.catch(() => this.#arrivals.delete(member)); // the next connection tries again
    this.#arrivals.set(member, opening);
    return opening;
  }

  /** Over the backup, say, which took it from the member and could not tell it so. */
  #cameElsewhere(member: Fingerprint, id: string): boolean {
    if (this.#parts.cameHome(id)) return true;
    return [...this.#ledgers].some(([other, arrivals]) => other !== member && arrivals.came(id));
  }

  #synchronise(connection: StreamConnection, member: Fingerprint): void {
    const sync = this.#syncOf(member);
    if (sync === null) connection.close();
    else sync.attach(connection);
  }

  #syncOf(member: Fingerprint): SiteSync | null {
    const { clock, random, log, identity, kbps, members } = this.#parts;
    if (this.#state === null || this.#stopped || members.find(member) === null) return null;
    const known = this.#syncs.get(member);
    if (known !== undefined) return known;
    const sync = new SiteSync({ clock, random, log, state: this.#state, identity, partner: member, kbps });
    this.#syncs.set(member, sync);
    return sync;
  }

  #membersChanged(): void {
    this.#channel.membersChanged();
    this.#central.putRight();
    const all = new Set(this.#fingerprints());
    const known = new Set([...this.#intakes.keys(), ...this.#syncs.keys(), ...this.#lives.keys()]);
    for (const member of known) if (!all.has(member)) this.#cutOff(member);
  }

  #cutOff(member: Fingerprint): void {
    this.#lives.get(member)?.();
    this.#intakes.get(member)?.stop();
    this.#syncs.get(member)?.stop();
    for (const map of [this.#lives, this.#intakes, this.#syncs]) map.delete(member);
  }

  #dropAll(): void {
    for (const end of this.#lives.values()) end();
    this.#lives.clear();
    for (const intake of this.#intakes.values()) intake.drop();
    for (const sync of this.#syncs.values()) sync.drop();
  }
}

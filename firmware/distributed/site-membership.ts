import type { Clock, WallMs } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';
import type { Fingerprint } from '../../hal/secure-stream.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import type { Identity } from '../failover/identity.ts';
import { openIdentity } from '../failover/identity.ts';
import { unitMark } from '../failover/homecoming/pair-names.ts';
import type { Agreement } from '../failover/pairing/pair-run.ts';
import type { Log } from '../log.ts';
import { keptBackBytes } from '../mailbox/admission.ts';
import type { FileMessageStore } from '../mailbox/file-message-store.ts';
import { memberIdentity } from '../site/members/member-identity.ts';
import { MemberSource } from '../site/members/member-source.ts';
import { MemberStore } from '../site/members/member-store.ts';
import type { Member } from '../site/members/member.ts';
import type { SiteIdentity } from '../site/signed-manifest.ts';
import type { SiteSource } from '../site/site-source.ts';
import { SiteState } from '../site/site-state.ts';
import { GreetingSource } from '../site/sources/greeting-source.ts';
import { mailboxVerification } from '../site/sources/mailbox-verification.ts';
import { OwnerSource } from '../site/sources/owner-source.ts';
import type { SettingsSource } from '../site/sources/settings-source.ts';
import type { JoinedCentral } from './central-record.ts';
import { CentralRecord } from './central-record.ts';

export interface SiteMembershipParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: Log;
  /** Open. */
  readonly store: FileMessageStore;
  /** Further documents that the site has in common. */
  readonly siteSources: () => readonly SiteSource[];
  readonly site: SettingsSource;
  readonly settings: () => Settings;
}

interface Opened {
  readonly identity: Identity;
  readonly members: MemberStore;
  readonly record: CentralRecord;
  readonly siteId: SiteIdentity;
  readonly state: SiteState;
}

/** The mark in recordings while nobody has said yet which unit is the primary. */
const unknownCentral = 'central';

/** What a distributed unit has on its disk of the site that it belongs to: the unit it joined, the members, the state. */
export class SiteMembership {
  readonly #parts: SiteMembershipParts;
  readonly #opened: Opened;

  private constructor(parts: SiteMembershipParts, opened: Opened) {
    this.#parts = parts;
    this.#opened = opened;
  }

  /** Before calls are answered, so that what the site knows is in force. Errors: HalError. */
  static async open(parts: SiteMembershipParts): Promise<SiteMembership> {
    const { storage, random, log, store, site, settings } = parts;
    const identity = await openIdentity(storage, random, log);
    const members = await MemberStore.open(storage, log);
    const record = await CentralRecord.open(storage, log);
    const siteId = memberIdentity({ own: identity, members, joined: (unit) => (record.central?.fingerprint === unit ? record.central.certificate : null) });
    const state = await SiteState.open({
      ...parts,
      identity: siteId,
      sources: [site, new OwnerSource(store.owners), new GreetingSource(store.greetings), new MemberSource(members), ...parts.siteSources()],
      epoch: () => 1, // never above that of what it changes
      reserveBytes: () => keptBackBytes(settings().messages),
      verification: mailboxVerification(store),
      bringsOwn: false,
    });
    return new SiteMembership(parts, { identity, members, record, siteId, state });
  }

  get identity(): Identity {
    return this.#opened.identity;
  }

  get siteId(): SiteIdentity {
    return this.#opened.siteId;
  }

  get state(): SiteState {
    return this.#opened.state;
  }

  get members(): readonly Member[] {
    return this.#opened.members.members;
  }

  /** null = this unit belongs to no site. */
  get joined(): JoinedCentral | null {
    return this.#opened.record.central;
  }

  nameOf(unit: Fingerprint): string {
    return this.#opened.members.find(unit)?.name ?? this.joined?.name ?? '';
  }

  /** Whose message it is when this unit takes one. */
  takenFor(): string {
    const primary = this.members.find(({ kind }) => kind === 'primary');
    return primary === undefined ? unknownCentral : unitMark(primary.fingerprint);
  }

  /** Certificates of the central pair. Who showed the code counts until the site has said who its central units are. */
  centralUnits(): Fingerprint[] {
    const known = this.members.filter(({ kind }) => kind !== 'distributed').map(({ fingerprint }) => fingerprint);
    return known.length > 0 || this.joined === null ? known : [this.joined.fingerprint];
  }

  /** Does not reject. */
  async join({ partner }: Agreement): Promise<'stored' | 'failed'> {
    const { clock, log } = this.#parts;
    const { members, record } = this.#opened;
    const { fingerprint, name, certificate } = partner;
    try {
      // Another site's versions must not mix with those of this one.
      if (members.find(fingerprint) === null) await this.#forget();
      await record.set({ fingerprint, name, certificate: Buffer.from(certificate).toString('base64'), joinedMs: clock.wall() as WallMs });
    } catch (error) {
      log.write('error', 'site-not-joined', `The site that this unit joins could not be stored: ${String(error)}`);
      return 'failed';
    }
    log.write('notice', 'site-joined', `This unit is a distributed unit of the site of ${name} now.`, { name, fingerprint });
    return 'stored';
  }

  /** Whether it belonged to a site. Errors: HalError. */
  async leave(): Promise<boolean> {
    const had = this.joined !== null;
    await this.#forget();
    if (had) this.#parts.log.write('notice', 'site-left', 'This unit has left its site; its messages stay here until it joins one');
    return had;
  }

  async #forget(): Promise<void> {
    const { members, record, state } = this.#opened;
    await record.set(null);
    await state.forget();
    await members.forget();
  }
}

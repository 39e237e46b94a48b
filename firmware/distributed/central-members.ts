import type { Rank } from '../failover/role.ts';
import type { Pairing } from '../failover/pairing/pairing.ts';
import type { Log } from '../log.ts';
import { Serial } from '../mailbox/serial.ts';
import type { Member } from '../site/members/member.ts';
import { memberName } from '../site/members/member.ts';
import type { MemberStore } from '../site/members/member-store.ts';

export interface CentralMembersParts {
  readonly log: Log;
  readonly rank: Rank;
  readonly name: string;
  readonly pairing: Pairing;
  readonly members: MemberStore;
}

/**
 * Keeps the central pair right in the list of members: the primary enters itself and its partner, and strikes out who was one of the two
 * before. The backup leaves it to the primary, or two units could strike out each other.
 */
export class CentralMembers {
  readonly #parts: CentralMembersParts;
  readonly #serial = new Serial();

  constructor(parts: CentralMembersParts) {
    this.#parts = parts;
  }

  /** At the start, and when the pairing or the members have changed. */
  putRight(): void {
    const { rank, log } = this.#parts;
    if (rank !== 'primary') return;
    void this.#serial.run(() => this.#putRight()).catch((error: unknown) => log.write('error', 'members-not-stored', `Who is of this site could not be stored: ${String(error)}`));
  }

  /** Errors: HalError. */
  remove(member: Member): Promise<void> {
    return this.#serial.run(() => this.#parts.members.remove(memberName(member.fingerprint)));
  }

  async #putRight(): Promise<void> {
    const { members } = this.#parts;
    const pair = this.#pair();
    for (const member of pair) await members.put(member);
    const struck = members.members.filter(({ kind, fingerprint }) => kind !== 'distributed' && !pair.some((one) => one.fingerprint === fingerprint));
    for (const { fingerprint } of struck) await members.remove(memberName(fingerprint));
  }

  #pair(): Member[] {
    const { pairing, name } = this.#parts;
    const { identity } = pairing;
    const { partner } = pairing.status();
    const own: Member = { fingerprint: identity.fingerprint, certificate: Buffer.from(identity.certificate).toString('base64'), name, kind: 'primary' };
    if (partner === null) return [own];
    return [own, { fingerprint: partner.fingerprint, certificate: partner.certificate, name: partner.name, kind: 'backup' }];
  }
}

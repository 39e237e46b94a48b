import type { Clock } from '../../hal/clock.ts';
import type { Endpoint } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { Identity } from '../failover/identity.ts';
import { CodeDesk } from '../failover/pairing/code-desk.ts';
import type { Agreement, Outcome } from '../failover/pairing/pair-run.ts';
import type { Pairing } from '../failover/pairing/pairing.ts';
import { codeLimits } from '../failover/pairing/shown-code.ts';
import type { Log } from '../log.ts';
import { maxDistributed } from '../site/members/member.ts';
import type { MemberStore } from '../site/members/member-store.ts';

export interface MemberDeskParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly stream: StreamNet;
  readonly identity: Identity;
  readonly name: string;
  /** Where codes are served: that of the pair. */
  readonly local: Endpoint;
  readonly pairing: Pairing;
  readonly members: MemberStore;
}

/** Shows codes for distributed units that join, and stores who came with one. A code for a partner and one for a member share a port: the newer ends the older. */
export class MemberDesk {
  readonly #parts: MemberDeskParts;
  readonly #desk: CodeDesk;

  constructor(parts: MemberDeskParts) {
    const { pairing, identity, name } = parts;
    this.#parts = parts;
    this.#desk = new CodeDesk({
      ...parts,
      purpose: 'site',
      own: { certificate: identity.certificate, fingerprint: identity.fingerprint, name },
      joining: () => pairing.pairingNow,
      store: (agreement) => this.#store(agreement),
      ended: (outcome, from) => this.#ended(outcome, from),
    });
    pairing.codeShown = () => this.#desk.void('replaced');
  }

  /** Errors: HalError address-in-use, address-unavailable, permission-denied. */
  async showCode(): Promise<{ readonly code: string; readonly validMs: number }> {
    this.#parts.pairing.voidCode();
    const { code } = await this.#desk.show();
    this.#parts.log.write('notice', 'site-code-shown', 'A code for a distributed unit is good for ten minutes');
    return { code, validMs: codeLimits.validMs };
  }

  close(): void {
    this.#desk.void('replaced');
  }

  /** Does not reject. */
  async #store({ partner }: Agreement): Promise<'stored' | 'failed'> {
    const { members, log, pairing } = this.#parts;
    const { fingerprint, name, certificate } = partner;
    if (fingerprint === pairing.status().partner?.fingerprint) {
      log.write('warning', 'member-refused', 'The partner of this unit tried to join as a distributed unit; a unit of the pair cannot be one. Forget the pair on it first', { name });
      return 'failed';
    }
    if (!members.takes(fingerprint)) {
      log.write('warning', 'member-refused', `A unit was not taken as a member: the site has ${maxDistributed} distributed units already. Remove one first`, { name });
      return 'failed';
    }
    try {
      await members.put({ fingerprint, name, certificate: Buffer.from(certificate).toString('base64'), kind: 'distributed' });
    } catch (error) {
      log.write('error', 'member-not-stored', `A unit that joined could not be stored: ${String(error)}`, { name });
      return 'failed';
    }
    log.write('notice', 'member-joined', `The unit ${name} is a distributed unit of this site now.`, { name, fingerprint });
    return 'stored';
  }

  #ended(outcome: Outcome, from: Endpoint): void {
    if (outcome === 'unconfirmed') this.#parts.log.write('warning', 'member-unconfirmed', 'The unit that joined did not say that it has stored this site; join again if it has not', { address: from.address });
    else if (outcome !== 'paired' && outcome !== 'wrong-code') this.#parts.log.write('info', 'member-run-ended', 'Somebody who joined went away unjoined', { address: from.address, why: outcome });
  }
}

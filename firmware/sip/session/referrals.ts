import type { Refer } from '../leg.ts';
import type { ServerTransaction } from '../transaction-layer.ts';
import type { InviteSession } from './invite-session.ts';
import type { ReferOutcome } from './refer-machine.ts';
import { Referral } from './referral.ts';
import type { SessionParts } from './session-parts.ts';

/** The REFERs of one session: one at a time, so that each report belongs to what was asked. */
export class Referrals {
  readonly #parts: SessionParts;
  readonly #session: InviteSession;
  #current: Referral | null = null;

  constructor(parts: SessionParts, session: InviteSession) {
    this.#parts = parts;
    this.#session = session;
  }

  ask(refer: Refer): Promise<ReferOutcome> {
    if (this.#session.sessionState !== 'established') return Promise.resolve({ outcome: 'ended', text: 'the call does not stand' });
    if (this.#current?.over === false) return Promise.resolve({ outcome: 'refused', status: 491, text: 'the peer has been asked already' });
    const refusal = this.#unfit(refer);
    if (refusal !== null) return Promise.resolve({ outcome: 'refused', ...refusal });
    return new Promise((resolve) => {
      this.#current = new Referral(this.#parts, this.#session, refer, resolve);
      this.#current.send();
    });
  }

  /** What the peers have said about themselves spares a round, and a call that rings twice where Replaces is not understood. */
  #unfit({ replaces }: Refer): { status: number; text: string } | null {
    const { allows } = this.#session.peer;
    if (allows.length > 0 && !allows.includes('REFER')) return { status: 405, text: 'the peer does not take calls over: its Allow has no REFER' };
    if (replaces?.peerSupports?.('replaces') === false) return { status: 420, text: 'the other end cannot put one call in the place of another: its Supported has no replaces' };
    return null;
  }

  /** A NOTIFY within the dialog; false = of nothing that was asked for. */
  notified(transaction: ServerTransaction): boolean {
    return this.#current?.notified(transaction) ?? false;
  }

  legEnded(): void {
    this.#current?.legEnded();
  }
}

import type { Clock, Timer } from '../../../hal/clock.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message.ts';
import type { Timers } from '../transaction/machine.ts';
import { transactionTimeoutMs } from '../transaction/machine.ts';
import type { ServerTransaction } from '../transaction-layer.ts';

/** A provisional response that is repeated until its PRACK comes (RFC 3262 section 3). One at a time. */
export class ReliableProvisional {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #transaction: ServerTransaction;
  readonly #sequence: number;
  #repeat: Timer | null = null;
  #limit: Timer | null = null;

  /** `first`: RSeq, 1 to 2^31 - 1. */
  constructor(clock: Clock, timers: Timers, transaction: ServerTransaction, first: number) {
    this.#clock = clock;
    this.#timers = timers;
    this.#transaction = transaction;
    this.#sequence = first;
  }

  /** `gaveUp`: no PRACK came; the INVITE is to be refused with a 5xx. */
  send(response: SipResponse, gaveUp: () => void): void {
    response.headers.set('Require', '100rel');
    response.headers.set('RSeq', String(this.#sequence));
    const again = (afterMs: number): void => {
      this.#transaction.respond(response);
      this.#repeat = this.#clock.after('sip-18x-repeat', afterMs, () => again(afterMs * 2));
    };
    again(this.#timers.t1Ms);
    this.#limit = this.#clock.after('sip-prack-limit', transactionTimeoutMs(this.#timers), () => {
      this.stop();
      gaveUp();
    });
  }

  /** Whether the PRACK is for this response: 'RAck: <rseq> <cseq> INVITE'. */
  acknowledgedBy(prack: SipRequest): boolean {
    const [rseq, cseq, method] = (prack.headers.get('RAck') ?? '').trim().split(/\s+/);
    const wanted = (this.#transaction.request.headers.get('CSeq') ?? '').split(/\s+/)[0];
    return Number(rseq) === this.#sequence && cseq === wanted && method === 'INVITE';
  }

  stop(): void {
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }
}

/** Whether an INVITE demands (not merely allows) reliable provisional responses, or a response is one. */
export const requiresReliable = (message: SipMessage): boolean => message.headers.list('Require').some((tag) => tag.toLowerCase() === '100rel');

import type { Clock, Timer } from '../../../hal/clock.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { parseCSeq } from '../syntax/cseq.ts';
import type { Timers } from '../transaction/machine.ts';
import { transactionTimeoutMs } from '../transaction/machine.ts';
import type { ServerTransaction } from '../transaction-layer.ts';

/** Repeats a 2xx to an INVITE, on every transport, until its ACK comes (RFC 3261 13.3.1.4). */
export class AckWait {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #transaction: ServerTransaction;
  readonly #response: SipResponse;
  readonly #gaveUp: () => void;
  #repeat: Timer | null = null;
  #limit: Timer | null = null;

  constructor(clock: Clock, timers: Timers, transaction: ServerTransaction, response: SipResponse, gaveUp: () => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#transaction = transaction;
    this.#response = response;
    this.#gaveUp = gaveUp;
  }

  start(): void {
    this.#transaction.respond(this.#response);
    this.#again(this.#timers.t1Ms);
    this.#limit = this.#clock.after('sip-ack-limit', transactionTimeoutMs(this.#timers), () => {
      this.stop();
      this.#gaveUp();
    });
  }

  /** Whether this ACK is for this response: ACKs of an earlier INVITE may come late. */
  endsWith(ack: SipRequest): boolean {
    return numberOf(ack) === numberOf(this.#transaction.request);
  }

  stop(): void {
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }

  #again(afterMs: number): void {
    this.#repeat = this.#clock.after('sip-2xx-repeat', afterMs, () => {
      this.#again(Math.min(afterMs * 2, this.#timers.t2Ms));
      this.#transaction.respond(this.#response);
    });
  }
}

const numberOf = (request: SipRequest): number | undefined => parseCSeq(request.headers.get('CSeq') ?? '')?.number;

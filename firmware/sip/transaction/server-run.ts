import type { Clock } from '../../../hal/clock.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { makeResponse, serialise } from '../syntax/build-message.ts';
import type { Flow, ServerTransaction } from '../transaction-layer.ts';
import type { Timers } from './machine.ts';
import { serverInvite } from './server-invite.ts';
import { serverNonInvite } from './server-non-invite.ts';
import { tagOf } from './transaction-key.ts';
import { TransactionRun } from './transaction-run.ts';

/** How long an INVITE may wait for its first response before a 100 goes out (RFC 3261 17.2.1). */
const tryingAfterMs = 200;

export interface ServerRunParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly send: (bytes: Uint8Array, flow: Flow, retransmission: boolean) => void;
  readonly terminated: () => void;
}

/** A server transaction: repeats responses, absorbs retransmitted requests. */
export class ServerRun implements ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly peer: string;
  localTag = '';
  cancelled: (() => void) | null = null;
  failed: ((why: string) => void) | null = null;
  readonly #parts: ServerRunParts;
  readonly #replies: Flow;
  readonly #run: TransactionRun;
  readonly #trying: { cancel(): void } | null;
  #last: Uint8Array | null = null;

  /** `replies`: where responses go. */
  constructor(parts: ServerRunParts, request: SipRequest, flow: Flow, replies: Flow, peer: string) {
    this.#parts = parts;
    this.request = request;
    this.flow = flow;
    this.peer = peer;
    this.#replies = replies;
    const invite = request.method === 'INVITE';
    this.#run = new TransactionRun(invite ? serverInvite : serverNonInvite, parts.clock, parts.timers, flow.transport === 'tcp', {
      send: (retransmission) => this.#send(retransmission),
      pass: () => undefined,
      acknowledge: () => undefined,
      fail: () => this.failed?.('no ACK came for the final response'),
      terminated: () => this.#ended(),
    });
    this.#trying = invite ? parts.clock.after('sip-trying', tryingAfterMs, () => this.respond(makeResponse(request, 100))) : null;
  }

  respond(response: SipResponse): void {
    this.#trying?.cancel();
    if (this.#run.state === 'completed' || this.#run.state === 'confirmed') return;
    if (this.#run.state === 'accepted' && (response.status < 200 || response.status > 299)) return;
    if (response.status > 100) this.localTag = tagOf(response.headers.get('To') ?? '');
    this.#last = serialise(response);
    this.#run.input(response.status < 200 ? 'provisional' : response.status < 300 ? 'success' : 'failure');
  }

  /** The request came again. */
  again(): void {
    this.#run.input('request');
  }

  /** An ACK of this branch; true when it was for a non-2xx final response and is done with. */
  acknowledged(): boolean {
    const mine = this.#run.state === 'completed' || this.#run.state === 'confirmed';
    this.#run.input('ack');
    return mine;
  }

  /** CANCEL reaches only what has no final response yet. */
  cancel(): void {
    if (this.#run.state === 'proceeding') this.cancelled?.();
  }

  end(): void {
    this.#run.end();
  }

  #send(retransmission: boolean): void {
    if (this.#last !== null) this.#parts.send(this.#last, this.#replies, retransmission);
  }

  #ended(): void {
    this.#trying?.cancel();
    this.#parts.terminated();
  }
}

import type { Clock, Timer } from '../../../hal/clock.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { makeResponse, serialise } from '../syntax/build-message.ts';
import { ownText } from '../syntax/own-text.ts';
import type { Flow, ServerTransaction } from '../transaction-layer.ts';
import type { AnsweringUser, ServerAnswers } from './server-answers.ts';
import { tagOf } from './transaction-key.ts';

/** How long an INVITE may wait for its first response before a 100 goes out (RFC 3261 17.2.1). */
const tryingAfterMs = 200;

/** A request and what its user does about it; `ServerAnswers` is what the transaction layer keeps. */
export class ServerRun implements ServerTransaction, AnsweringUser {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly peer: string;
  cancelled: (() => void) | null = null;
  failed: ((why: string) => void) | null = null;
  readonly #answers: ServerAnswers;
  readonly #trying: Timer | null;

  constructor(clock: Clock, answers: ServerAnswers, request: SipRequest, flow: Flow, peer: string) {
    this.request = request;
    this.flow = flow;
    this.peer = peer;
    this.#answers = answers;
    answers.user = this;
    this.#trying = request.method === 'INVITE' ? clock.after('sip-trying', tryingAfterMs, () => this.respond(makeResponse(request, 100))) : null;
  }

  get localTag(): string {
    return this.#answers.localTag;
  }

  set localTag(tag: string) {
    this.#answers.localTag = tag;
  }

  respond(response: SipResponse): void {
    this.ended();
    const { status } = response;
    if (!this.#answers.takes(status)) return;
    if (status > 100) this.localTag = ownText(tagOf(response.headers.get('To')));
    this.#answers.answer(serialise(response), status);
  }

  tellCancelled(): void {
    this.cancelled?.();
  }

  tellFailed(): void {
    this.failed?.('no ACK came for the final response');
  }

  ended(): void {
    this.#trying?.cancel();
  }
}

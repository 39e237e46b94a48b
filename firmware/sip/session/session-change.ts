import { refreshTarget } from '../dialog/dialog.ts';
import type { HeaderField, SipRequest } from '../message.ts';
import { bodyPart } from '../syntax/body.ts';
import type { ServerTransaction } from '../transaction-layer.ts';
import { acceptSdp, sdpType } from './capabilities.ts';
import type { InviteSession } from './invite-session.ts';
import type { SessionParts } from './session-parts.ts';
import { agreeTimer, intervalTooSmall, timerFields } from './session-timer.ts';

/** How the peer changes or refreshes a session: hold, resume, another address, its timer. A refusal leaves everything as it was. */
export class SessionChange {
  readonly #parts: SessionParts;
  readonly #session: InviteSession;

  constructor(parts: SessionParts, session: InviteSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /** RFC 3261 14.2. */
  reinvite(transaction: ServerTransaction): void {
    const session = this.#session;
    if (session.refresher.inviting) return void session.respond(transaction, 491);
    if (session.sessionState !== 'established' || session.ackWait !== null) return this.#later(transaction);
    const described = this.#describe(transaction);
    if (described === null) return;
    const fields = [...this.#refreshed(transaction.request), sdpType];
    session.accept(transaction, session.response(transaction.request, 200, fields, described.body ?? session.media.offer()));
    if (!session.media.offering) session.mediaChanged();
  }

  /** RFC 3311: the same without a second handshake, and possible before the call is answered. */
  update(transaction: ServerTransaction): void {
    const session = this.#session;
    if (session.media.offering || session.refresher.inviting) return void session.respond(transaction, 491);
    const early = session.sessionState === 'offered' || session.sessionState === 'ringing';
    if (early && transaction.request.body.length > 0) return this.#later(transaction);
    const described = this.#describe(transaction);
    if (described === null) return;
    const changes = described.body !== undefined;
    session.respond(transaction, 200, [...this.#refreshed(transaction.request), ...(changes ? [sdpType] : [])], described.body);
    if (changes) session.mediaChanged();
  }

  /** Another offer is still open (14.2, RFC 3311 5.2). */
  #later(transaction: ServerTransaction): void {
    this.#session.respond(transaction, 500, [{ name: 'Retry-After', value: String(this.#parts.random.below(11)) }]);
  }

  /** Our answer to the offer, if there is one. null = refused, and said so. */
  #describe(transaction: ServerTransaction): { readonly body: Uint8Array | undefined } | null {
    const { request } = transaction;
    const tooSmall = intervalTooSmall(request, this.#parts.limits());
    if (tooSmall !== null) return this.#refuse(transaction, 422, [tooSmall]);
    const part = bodyPart(request, 'application/sdp');
    if (part.kind === 'unsupported') return this.#refuse(transaction, 415, [acceptSdp]);
    if (part.kind === 'none') return { body: undefined };
    const answered = this.#session.media.answer(part.bytes);
    return 'status' in answered ? this.#refuse(transaction, answered.status) : answered;
  }

  #refuse(transaction: ServerTransaction, status: number, fields: readonly HeaderField[] = []): null {
    this.#session.respond(transaction, status, fields);
    return null;
  }

  /** The peer's Contact and the session timer count anew. */
  #refreshed(request: SipRequest): HeaderField[] {
    const session = this.#session;
    if (session.dialog !== null) session.dialog = refreshTarget(session.dialog, request);
    const timer = agreeTimer(request, this.#parts.limits());
    session.refresher.arm(timer);
    return [...session.target(), ...timerFields(timer, request)];
  }
}

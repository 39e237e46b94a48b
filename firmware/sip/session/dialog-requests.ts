import { acceptCSeq } from '../dialog/dialog.ts';
import type { SipRequest } from '../message.ts';
import { unsupportedExtensions } from '../request-check.ts';
import { bodyPart } from '../syntax/body.ts';
import type { ServerTransaction } from '../transaction-layer.ts';
import { acceptDigits, acceptSdp, allow, supported } from './capabilities.ts';
import { infoDigit } from './dtmf-info.ts';
import type { InviteSession } from './invite-session.ts';
import { SessionChange } from './session-change.ts';
import type { SessionParts } from './session-parts.ts';

/** What the peer sends within a session's dialog. */
export class DialogRequests {
  readonly #session: InviteSession;
  readonly #change: SessionChange;

  constructor(parts: SessionParts, session: InviteSession) {
    this.#session = session;
    this.#change = new SessionChange(parts, session);
  }

  received(transaction: ServerTransaction): void {
    const session = this.#session;
    const { request } = transaction;
    const dialog = session.dialog === null ? null : acceptCSeq(session.dialog, request);
    if (dialog === null) return void session.respond(transaction, 500, [], undefined, 'CSeq out of order');
    session.dialog = dialog;
    session.changed();
    const unknown = unsupportedExtensions(request);
    if (unknown !== null) return void session.respond(transaction, 420, [unknown]);
    session.peer.heard(request);
    switch (request.method) {
      case 'BYE':
        session.respond(transaction, 200);
        return session.input('bye', { by: 'remote', status: null, text: byeText(request) });
      case 'INVITE':
        return this.#change.reinvite(transaction);
      case 'UPDATE':
        return this.#change.update(transaction);
      case 'INFO':
        return this.#info(transaction);
      case 'NOTIFY':
        return void session.respond(transaction, session.referrals.notified(transaction) ? 200 : 481);
      case 'OPTIONS':
        return void session.respond(transaction, 200, [allow, supported, acceptSdp]);
      default:
        return session.otherRequest(transaction);
    }
  }

  /** An ACK to our 2xx, perhaps with the answer to our offer. */
  acknowledged(ack: SipRequest): void {
    const session = this.#session;
    if (session.ackWait?.endsWith(ack) !== true) return;
    session.ackWait.stop();
    session.ackWait = null;
    const changed = session.sessionState === 'established' && session.media.offering;
    if (session.media.offering && !this.#answeredBy(ack)) return session.input('unacknowledged', { by: 'failure', status: null, text: 'the ACK brought no usable answer to our offer' });
    if (changed) session.mediaChanged();
    else session.input('acknowledged');
  }

  #answeredBy(ack: SipRequest): boolean {
    const body = bodyPart(ack, 'application/sdp');
    return body.kind === 'found' && this.#session.media.answered(body.bytes);
  }

  #info(transaction: ServerTransaction): void {
    const session = this.#session;
    const { request } = transaction;
    const found = infoDigit(request);
    if (found === null && request.body.length > 0) return void session.respond(transaction, 415, [acceptDigits]);
    session.respond(transaction, 200);
    if (found !== null) session.tell((handlers) => handlers.digit(found.digit, found.durationMs));
  }
}

function byeText(bye: SipRequest): string {
  const reason = bye.headers.get('Reason');
  return reason === undefined ? 'the other side hung up' : `the other side hung up (${reason})`;
}

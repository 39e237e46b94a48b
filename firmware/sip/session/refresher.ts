import { refreshTarget } from '../dialog/dialog.ts';
import type { SipResponse } from '../message.ts';
import { bodyPart } from '../syntax/body.ts';
import { sdpType } from './capabilities.ts';
import type { InviteSession } from './invite-session.ts';
import type { SessionParts } from './session-parts.ts';
import { SessionRefresh } from './session-refresh.ts';
import type { SessionTimer } from './session-timer.ts';
import { agreedTimer } from './session-timer.ts';

/** After a 491 we wait as RFC 3261 14.1 says for the side that does not own the Call-ID: 0 to 2 s. */
const glareMs = 2000;
/** After another failure the refresh is tried again this much later. */
const againMs = 10_000;

/** Our own refreshes of a session: UPDATE where the peer takes it, else a re-INVITE that offers what stands. */
export class Refresher {
  /** A re-INVITE of ours waits for its final response. */
  inviting = false;
  readonly #parts: SessionParts;
  readonly #session: InviteSession;
  readonly #refresh: SessionRefresh;

  constructor(parts: SessionParts, session: InviteSession) {
    this.#parts = parts;
    this.#session = session;
    this.#refresh = new SessionRefresh(parts.clock, () => this.#send(), () => session.lost('the session timer ran out'));
  }

  arm(timer: SessionTimer | null): void {
    this.#refresh.arm(timer);
  }

  stop(): void {
    this.#refresh.stop();
  }

  #send(): void {
    const { dialog, flow, sender, peerAllows } = this.#session;
    const timer = this.#refresh.timer;
    if (dialog === null || timer === null || this.#session.sessionState !== 'established') return;
    const byUpdate = peerAllows.includes('UPDATE');
    const fields = [...this.#session.target(), { name: 'Session-Expires', value: `${timer.intervalSec};refresher=uac` }, { name: 'User-Agent', value: this.#parts.product }];
    const handlers = { response: (response: SipResponse) => this.#response(response, byUpdate), failed: () => this.#session.lost('nobody answered the session refresh') };
    if (byUpdate) this.#session.dialog = sender.send(dialog, flow, 'UPDATE', fields, undefined, handlers);
    else {
      this.inviting = true;
      this.#session.dialog = sender.send(dialog, flow, 'INVITE', [...fields, sdpType], this.#session.media.offer(), handlers);
    }
  }

  #response(response: SipResponse, byUpdate: boolean): void {
    if (response.status < 200) return;
    this.inviting = false;
    if (response.status < 300) return this.#refreshed(response, byUpdate);
    if (!byUpdate) this.#session.media.withdraw();
    if (response.status === 481 || response.status === 408) return this.#session.lost(`the session refresh was answered ${response.status}`);
    this.#refresh.retry(response.status === 491 ? this.#parts.random.below(glareMs) : againMs);
  }

  #refreshed(response: SipResponse, byUpdate: boolean): void {
    const session = this.#session;
    if (session.dialog === null) return;
    session.dialog = refreshTarget(session.dialog, response);
    if (!byUpdate) this.#acknowledge(response);
    const agreed = agreedTimer(response);
    const stands = this.#refresh.timer;
    this.#refresh.arm(agreed ?? stands);
  }

  #acknowledge(response: SipResponse): void {
    const session = this.#session;
    if (session.dialog === null) return;
    session.sender.acknowledge(session.dialog, session.flow, session.dialog.localCSeq, []);
    if (!session.media.offering) return;
    const body = bodyPart(response, 'application/sdp');
    if (body.kind === 'found') session.media.answered(body.bytes);
    const agreed = session.media.agreed;
    if (agreed !== null) session.tell((handlers) => handlers.mediaChanged(agreed));
  }
}

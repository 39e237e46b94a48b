import { refreshTarget } from '../dialog/dialog.ts';
import type { HeaderField, SipResponse } from '../message.ts';
import { bodyPart } from '../syntax/body.ts';
import { decimal } from '../syntax/tokens.ts';
import { sdpType } from './capabilities.ts';
import type { InviteSession } from './invite-session.ts';
import type { SessionParts } from './session-parts.ts';
import { SessionRefresh } from './session-refresh.ts';
import type { SessionTimer } from './session-timer.ts';
import { agreedTimer } from './session-timer.ts';

/** How long to wait after a 491 (RFC 3261 14.1): the owner of the Call-ID 2.1 to 4 s, the other side 0 to 2 s. */
const glareMs = { owner: { least: 2100, span: 1900 }, other: { least: 0, span: 2000 } };
/** After a takeover all calls refresh: spread, and before any interval of 90 s or more is half over. */
const firstMs = { least: 2000, span: 8000 };
const longestIntervalSec = 86_400;
/** After another failure the refresh is tried again this much later. */
const againMs = 10_000;

/** Our own refreshes of a session: UPDATE where the peer takes it, else a re-INVITE that offers what stands. */
export class Refresher {
  /** A re-INVITE of ours waits for its final response. */
  inviting = false;
  readonly #parts: SessionParts;
  readonly #session: InviteSession;
  readonly #refresh: SessionRefresh;
  #minSec = 0;

  constructor(parts: SessionParts, session: InviteSession) {
    this.#parts = parts;
    this.#session = session;
    this.#refresh = new SessionRefresh(parts.clock, () => this.#send(), () => session.lost('the session timer ran out'));
  }

  arm(timer: SessionTimer | null): void {
    this.#refresh.arm(timer);
  }

  /** What was agreed with another unit: refreshed soon, which also shows whether the peer still has the call. */
  resume(timer: SessionTimer | null): void {
    this.#refresh.arm(timer);
    if (timer?.weRefresh === true) this.#refresh.retry(firstMs.least + this.#parts.random.below(firstMs.span));
  }

  stop(): void {
    this.#refresh.stop();
  }

  /** null = there is none. */
  get timer(): SessionTimer | null {
    return this.#refresh.timer;
  }

  #send(): void {
    const { dialog, flow, sender, peer } = this.#session;
    const timer = this.#refresh.timer;
    if (dialog === null || timer === null || this.#session.sessionState !== 'established') return;
    const byUpdate = peer.allows.includes('UPDATE');
    const fields = [...this.#session.target(), { name: 'Session-Expires', value: `${timer.intervalSec};refresher=uac` }, ...this.#leastInterval(), { name: 'User-Agent', value: this.#parts.product }];
    const cseq = dialog.localCSeq + 1;
    const handlers = { response: (response: SipResponse) => this.#response(response, byUpdate, cseq), failed: () => this.#session.lost('nobody answered the session refresh') };
    if (byUpdate) this.#session.dialog = sender.send(dialog, flow, 'UPDATE', fields, undefined, handlers);
    else {
      this.inviting = true;
      this.#session.dialog = sender.send(dialog, flow, 'INVITE', [...fields, sdpType], this.#session.media.offer(), handlers);
    }
    this.#session.changed();
  }

  #leastInterval(): HeaderField[] {
    return this.#minSec === 0 ? [] : [{ name: 'Min-SE', value: String(this.#minSec) }];
  }

  #response(response: SipResponse, byUpdate: boolean, cseq: number): void {
    if (response.status < 200) return;
    this.inviting = false;
    if (response.status < 300) return this.#refreshed(response, byUpdate, cseq);
    if (!byUpdate) this.#session.media.withdraw();
    if (response.status === 481 || response.status === 408) return this.#session.lost(`the session refresh was answered ${response.status}`);
    if (response.status === 422 && this.#lengthen(response)) return this.#refresh.retry(0);
    this.#refresh.retry(response.status === 491 ? this.#glareMs() : againMs);
  }

  #glareMs(): number {
    const { least, span } = this.#session.ownsCallId ? glareMs.owner : glareMs.other;
    return least + this.#parts.random.below(span);
  }

  /** The peer wants a longer interval (RFC 4028 section 7.3); false = it does not say which, or one we had. */
  #lengthen(response: SipResponse): boolean {
    const least = decimal(response.headers.get('Min-SE') ?? '') ?? 0;
    const timer = this.#refresh.timer;
    if (timer === null || least <= timer.intervalSec || least > longestIntervalSec) return false;
    this.#minSec = least;
    this.#refresh.arm({ ...timer, intervalSec: least });
    return true;
  }

  #refreshed(response: SipResponse, byUpdate: boolean, cseq: number): void {
    const session = this.#session;
    if (session.dialog === null) return;
    session.dialog = refreshTarget(session.dialog, response);
    if (!byUpdate) this.#acknowledge(response, cseq);
    // The 2xx of a re-INVITE may come again when all is over.
    if (session.sessionState === 'established') this.#refresh.arm(agreedTimer(response) ?? this.#refresh.timer);
    session.changed();
  }

  #acknowledge(response: SipResponse, cseq: number): void {
    const session = this.#session;
    if (session.dialog === null) return;
    session.sender.acknowledge(session.dialog, session.flow, cseq, []);
    if (!session.media.offering) return;
    const body = bodyPart(response, 'application/sdp');
    if (body.kind === 'found') session.media.answered(body.bytes);
    else session.media.withdraw();
    session.mediaChanged();
  }
}

import type { LegEnd } from '../leg.ts';
import { quote } from '../syntax/tokens.ts';
import type { InviteSession } from './invite-session.ts';
import type { SessionState } from './session-machine.ts';
import type { SessionParts } from './session-parts.ts';

/** How a session ends: who ended it and why, the BYE, and who waits for that to be confirmed. */
export class SessionEnd {
  readonly #parts: SessionParts;
  readonly #session: InviteSession;
  #end: LegEnd = { by: 'local', status: null, text: '' };
  #byeUnderWay = false;
  #left: (() => void) | null = null;

  constructor(parts: SessionParts, session: InviteSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /** What to tell if the session ends now. Whoever cancelled has ended the call, whatever the answer to the INVITE is in the end. */
  because(end: LegEnd, state: SessionState): void {
    if (state !== 'over') this.#end = state === 'cancelling' ? { ...this.#end, status: end.status } : end;
  }

  get told(): LegEnd {
    return this.#end;
  }

  /** Resolves when the other side has confirmed the end, or there is nobody to do so. */
  confirmed(): Promise<void> {
    return new Promise((resolve) => (this.#left = resolve));
  }

  /** A failure is explained to the peer (RFC 3326). */
  bye(): void {
    const session = this.#session;
    if (session.dialog === null) return;
    const { by, status, text, fields = [] } = this.#end;
    const reason = by === 'failure' ? [{ name: 'Reason', value: `SIP;cause=${status ?? 480};text=${quote(text)}` }] : [];
    this.#byeUnderWay = true;
    session.dialog = session.sender.send(session.dialog, session.flow, 'BYE', [{ name: 'User-Agent', value: this.#parts.product }, ...reason, ...fields], undefined, {
      response: (response) => (response.status >= 200 ? this.#left?.() : undefined),
      failed: () => this.#left?.(),
    });
  }

  /** The session is let go without a word. */
  forgotten(): void {
    this.#left?.();
  }

  /** Nothing more is sent, but a BYE that is under way. */
  closed(): void {
    if (!this.#byeUnderWay) this.#left?.();
  }
}

import { dialogKey, requestKey } from './dialog/dialog.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { InviteSession } from './session/invite-session.ts';
import { tagOf } from './transaction/transaction-key.ts';

/** All sessions, found by leg and by dialog. A forked call of ours may have several dialogs. */
export class SessionTable {
  readonly #sessions = new Set<InviteSession>();
  readonly #byDialog = new Map<string, InviteSession>();

  add(session: InviteSession): void {
    this.#sessions.add(session);
  }

  open(key: string, session: InviteSession): void {
    this.#byDialog.set(key, session);
  }

  remove(session: InviteSession): void {
    this.#sessions.delete(session);
    for (const [key, one] of this.#byDialog) if (one === session) this.#byDialog.delete(key);
  }

  of(request: SipRequest): InviteSession | undefined {
    return this.#byDialog.get(requestKey(request));
  }

  /** Of a response to a request of ours within a dialog. */
  asked({ headers }: SipResponse): InviteSession | undefined {
    return this.#byDialog.get(dialogKey(headers.get('Call-ID') ?? '', tagOf(headers.get('From')), tagOf(headers.get('To'))));
  }

  has(key: string): boolean {
    return this.#byDialog.has(key);
  }

  all(): readonly InviteSession[] {
    return [...this.#sessions];
  }

  get size(): number {
    return this.#sessions.size;
  }
}

import { requestKey } from './dialog/dialog.ts';
import type { SipRequest } from './message.ts';
import type { InviteSession } from './session/invite-session.ts';

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

  all(): readonly InviteSession[] {
    return [...this.#sessions];
  }

  get size(): number {
    return this.#sessions.size;
  }
}

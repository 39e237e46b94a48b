import type { Clock, Timer } from '../../../hal/clock.ts';
import type { MessageCounts } from '../user-agent.ts';

/** 500 lamps a second: those of 2,000 mailboxes are right within 4 s, and no PBX takes it for a flood. */
const sliceMs = 50;
const sliceLamps = 25;

export interface LampRefreshParts {
  readonly clock: Clock;
  readonly mailboxes: () => readonly string[];
  /** null = there is no such mailbox any more. */
  readonly counts: (mailbox: string) => MessageCounts | null;
  readonly tell: (peer: string, mailbox: string, counts: MessageCounts) => void;
}

/** Tells a PBX every lamp there is, a few at a time, each as it is at that moment. */
export class LampRefresh {
  readonly #parts: LampRefreshParts;
  /** What is still to be told, by peer. */
  readonly #left = new Map<string, string[]>();
  #timer: Timer | null = null;

  constructor(parts: LampRefreshParts) {
    this.#parts = parts;
  }

  /** Begins anew if it is under way already. */
  begin(peer: string): void {
    this.#left.set(peer, [...this.#parts.mailboxes()]);
    this.#timer ??= this.#after(0);
  }

  /** Peers that are not in use any more are told nothing more. */
  keepOnly(peers: ReadonlySet<string>): void {
    for (const peer of this.#left.keys()) if (!peers.has(peer)) this.#left.delete(peer);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#left.clear();
  }

  #after(ms: number): Timer {
    return this.#parts.clock.after('lamp-refresh', ms, () => {
      for (const [peer, mailboxes] of this.#left) this.#slice(peer, mailboxes);
      this.#timer = this.#left.size === 0 ? null : this.#after(sliceMs);
    });
  }

  #slice(peer: string, mailboxes: string[]): void {
    for (const mailbox of mailboxes.splice(0, sliceLamps)) {
      const counts = this.#parts.counts(mailbox);
      if (counts !== null) this.#parts.tell(peer, mailbox, counts);
    }
    if (mailboxes.length === 0) this.#left.delete(peer);
  }
}

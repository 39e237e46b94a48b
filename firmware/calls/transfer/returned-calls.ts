import type { Clock, MonotonicMs } from '../../../hal/clock.ts';
import type { CallFacts } from '../../sip/leg.ts';

/** A telephone rings no longer than this before its PBX sends the call elsewhere. */
const rememberedMs = 3 * 60_000;
/** More calls do not leave a greeting within that time; then the oldest is forgotten. */
const most = 256;

interface Left {
  readonly caller: string;
  readonly to: string;
  readonly mailbox: string;
  readonly sinceMs: MonotonicMs;
}

/**
 * Callers who have left the greeting of a mailbox for a number. Where nobody takes them there, and the PBX sends them to the voicemail of that number,
 * they are the first mailbox's again. A PBX that passes Diversion on says so itself; others do not.
 */
export class ReturnedCalls {
  readonly #clock: Clock;
  #left: readonly Left[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  left(caller: string, to: string, mailbox: string): void {
    if (caller !== '') this.#left = [...this.#fresh().filter((one) => one.caller !== caller), { caller, to, mailbox, sinceMs: this.#clock.monotonic() }].slice(-most);
  }

  /** They have been taken there, or are here again: their next call is a new one. */
  forget(caller: string, to: string): void {
    this.#left = this.#left.filter((one) => one.caller !== caller || one.to !== to);
  }

  /** The mailbox that a new call is for, which was sent here for who did not take it; null = it is none of these. Told once. */
  mailboxOf({ caller, originalTarget, dialled }: CallFacts): string | null {
    const found = this.#fresh().find((one) => one.caller === caller.number && originalTarget === one.to && dialled !== one.mailbox);
    this.#left = this.#fresh().filter((one) => one !== found);
    return found?.mailbox ?? null;
  }

  #fresh(): readonly Left[] {
    const nowMs = this.#clock.monotonic();
    return this.#left.filter(({ sinceMs }) => nowMs - sinceMs < rememberedMs);
  }
}

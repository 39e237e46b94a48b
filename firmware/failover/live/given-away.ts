import type { Clock, Timer } from '../../../hal/clock.ts';
import type { FollowableCall } from '../../calls/call-follower.ts';

/** A partner that took the address takes the calls in the same turn; its word should be here long before. */
const takenMs = 1500;
/** The partner makes the recording durable and says so; then the part that lies here is delivered as interrupted. */
const keptMs = 10_000;

interface Leaving {
  readonly call: FollowableCall;
  readonly timer: Timer;
}

/**
 * Calls on their way to the partner:
 *
 *   expected ── taken ──> given away (ends here without a word) ── kept { bytes }, or 10 s ──> its recording here is settled
 *      └── 1.5 s without a word ──> hung up; given away all the same where the line to the partner is gone
 *
 * If the partner has the call, a BYE would end it there: so none is sent where the partner cannot say whether it has.
 */
export class GivenAway {
  readonly #clock: Clock;
  readonly #canSay: () => boolean;
  readonly #expected = new Map<string, Leaving>();
  readonly #unsafe = new Map<string, { readonly timer: Timer; readonly told: (bytes: number | null) => void }>();
  readonly #settled = new Set<() => void>();
  #count = 0;

  /** `canSay`: the partner could say that it has a call. */
  constructor(clock: Clock, canSay: () => boolean) {
    this.#clock = clock;
    this.#canSay = canSay;
  }

  /** Since start. */
  get count(): number {
    return this.#count;
  }

  expect(id: string, call: FollowableCall): void {
    this.#expected.get(id)?.timer.cancel();
    this.#expected.set(id, { call, timer: this.#clock.after('live-taken', takenMs, () => this.#notTaken(id, call)) });
  }

  waiting(id: string): FollowableCall | null {
    return this.#expected.get(id)?.call ?? null;
  }

  /** Once for each call: the partner may say more than once that it has it. */
  give(id: string, call: FollowableCall): void {
    this.#expected.get(id)?.timer.cancel();
    this.#expected.delete(id);
    if (this.#unsafe.has(id)) return;
    this.#count++;
    call.giveAway(
      new Promise((resolve) => {
        const told = (bytes: number | null): void => {
          this.#unsafe.get(id)?.timer.cancel();
          this.#unsafe.delete(id);
          resolve(bytes);
          this.#look();
        };
        this.#unsafe.set(id, { told, timer: this.#clock.after('live-kept', keptMs, () => told(null)) });
      }),
    );
  }

  #notTaken(id: string, call: FollowableCall): void {
    if (!this.#canSay()) return this.give(id, call);
    this.#expected.delete(id);
    call.hangUp('the partner did not take the call');
    this.#look();
  }

  kept(id: string, bytes: number | null): void {
    this.#unsafe.get(id)?.told(bytes);
  }

  /** It came to its end before the partner took it. */
  ended(call: FollowableCall): void {
    for (const [id, leaving] of this.#expected) {
      if (leaving.call !== call) continue;
      leaving.timer.cancel();
      this.#expected.delete(id);
    }
    this.#look();
  }

  /** Resolves when nothing is on its way any more, or after `limitMs`. */
  settled(limitMs: number): Promise<void> {
    if (this.#idle) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        this.#settled.delete(done);
        resolve();
      };
      const timer = this.#clock.after('live-handed-over', limitMs, done);
      this.#settled.add(done);
    });
  }

  stop(): void {
    for (const { timer } of this.#expected.values()) timer.cancel();
    this.#expected.clear();
    for (const { told } of [...this.#unsafe.values()]) told(null);
    for (const done of [...this.#settled]) done();
  }

  get #idle(): boolean {
    return this.#expected.size === 0 && this.#unsafe.size === 0;
  }

  #look(): void {
    if (this.#idle) for (const done of [...this.#settled]) done();
  }
}

import type { Clock, MonotonicMs, Timer } from '../../hal/clock.ts';
import type { FirmwareSlots } from '../../hal/firmware-slots.ts';
import type { UpdateCourse } from './update-course.ts';
import { tried } from './update-moves.ts';
import { wordsOf } from './update-words.ts';

export interface UpdateProofParts {
  readonly clock: Clock;
  readonly slots: Pick<FirmwareSlots, 'markGood'>;
  /** Why the unit may not do what it is for, or that it has not been looked at yet; none = all is well. */
  readonly doubts: () => readonly string[];
  /** A call of the unit's own: null = answered and heard, else why not. */
  readonly ownCall: () => Promise<string | null>;
}

/** The first own call comes when the unit has had a moment, the next ones at intervals. */
const firstMs = 1000;
const everyMs = 5000;
/** A tried version is well for so long before it is marked good, which is final: some rounds of health checks. */
export const wellMs = 15_000;

/** Marks the booted slot good when the unit is well and has answered a call of its own; tries until then. */
export class UpdateProof {
  readonly #parts: UpdateProofParts;
  readonly #course: UpdateCourse;
  #timer: Timer | null = null;
  /** No doubt since then; null = there is one. */
  #wellSinceMs: MonotonicMs | null = null;
  #stopped = false;

  constructor(parts: UpdateProofParts, course: UpdateCourse) {
    this.#parts = parts;
    this.#course = course;
  }

  begin(): void {
    this.#after(firstMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #after(ms: number): void {
    this.#timer?.cancel();
    if (!this.#stopped) this.#timer = this.#parts.clock.after('own call', ms, () => void this.#prove());
  }

  /** Health first: a unit that is not well, or not known to be, is not marked good for answering. */
  async #prove(): Promise<void> {
    const { ownCall, clock } = this.#parts;
    if (!this.#isProving) return;
    const why = this.#doubt() ?? (await ownCall());
    if (this.#stopped) return;
    // Behind what is being done: a trial that has ended meanwhile has marked the slot bad, and that stays.
    void this.#course.effects.run(() => this.#judge(why, clock.wall()));
  }

  async #judge(doubt: string | null, nowMs: number): Promise<void> {
    if (!this.#isProving) return;
    const why = doubt ?? (await this.#parts.slots.markGood().then(() => null, wordsOf));
    if (this.#stopped) return;
    this.#course.step(why === null ? { type: 'proved', nowMs } : { type: 'not-proved', reason: why });
    if (why !== null) this.#after(everyMs);
  }

  #doubt(): string | null {
    const { doubts, clock } = this.#parts;
    const [ill] = doubts();
    this.#wellSinceMs = ill === undefined ? (this.#wellSinceMs ?? clock.monotonic()) : null;
    if (ill !== undefined || this.#wellSinceMs === null) return ill ?? null;
    const missingMs = tried(this.#course.state()) ? wellMs - (clock.monotonic() - this.#wellSinceMs) : 0;
    return missingMs > 0 ? `it is well, and is to be so for ${Math.ceil(missingMs / 1000)} s more` : null;
  }

  get #isProving(): boolean {
    return this.#course.state().phase === 'proving';
  }
}

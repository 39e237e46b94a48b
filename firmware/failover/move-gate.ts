import type { Clock } from '../../hal/clock.ts';

export interface MoveGateParts {
  readonly clock: Clock;
  /** Resolves when the partner may be handed the service; undefined: it may at once. */
  readonly beforeMove: (() => Promise<void>) | undefined;
  readonly running: () => boolean;
  /** The offer may go out now. */
  readonly passed: () => void;
}

/** An offer of the service is not made before the owner is ready for it. */
export class MoveGate {
  readonly #parts: MoveGateParts;
  /** The offer that `beforeMove` was asked for, and the one that it has let pass. */
  #asked = 0;
  #passed = 0;
  #moves = 0;

  constructor(parts: MoveGateParts) {
    this.#parts = parts;
  }

  /** After each step of the role machine; 0 = nothing is offered. */
  look(offer: number): void {
    const { beforeMove, clock, running, passed } = this.#parts;
    if (offer === this.#asked) return;
    this.#asked = offer;
    this.#passed = 0;
    if (offer === 0 || beforeMove === undefined) return;
    const mine = ++this.#moves;
    clock.after('pair before move', 0, async () => {
      await beforeMove();
      // An offer that was withdrawn and made again has the same number.
      if (!running() || mine !== this.#moves || offer !== this.#asked) return;
      this.#passed = offer;
      passed();
    });
  }

  /** What the partner is told of the offer. */
  told(offer: number): number {
    return this.#parts.beforeMove === undefined || offer === this.#passed ? offer : 0;
  }
}

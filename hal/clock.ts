declare const monotonicBrand: unique symbol;
declare const wallBrand: unique symbol;

/** Milliseconds (fractional) since some fixed moment of this run; never steps, never goes back. For intervals and deadlines. */
export type MonotonicMs = number & { readonly [monotonicBrand]: true };
/** Milliseconds since 1970-01-01T00:00Z as the unit believes it; may step either way. For showing and storing dates only. */
export type WallMs = number & { readonly [wallBrand]: true };

/** A named, single-shot, cancellable wait. Cancelling one that fired or was cancelled does nothing. */
export interface Timer {
  readonly name: string;
  readonly dueMs: MonotonicMs;
  cancel(): void;
}

/** The one source of time. Passed in, never imported as a global; tests advance it by hand. No member throws. */
export interface Clock {
  monotonic(): MonotonicMs;
  wall(): WallMs;
  /** Calls `fire` once, `delayMs` from now (0 = next turn), never from inside this call. */
  after(name: string, delayMs: number, fire: () => void): Timer;
  /** The timers that still wait; a test that ends with any of its own here has leaked. */
  pending(): readonly Timer[];
}

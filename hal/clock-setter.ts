/** The machine's time of day, where the unit may set it. */
export interface ClockSetter {
  /** Moves it at once by so many milliseconds. Errors: permission-denied, unsupported. */
  step(byMs: number): Promise<void>;
  /** Lets it run a little faster or slower until it has moved by so much: never back, never a jump. Errors: permission-denied, unsupported. */
  slew(byMs: number): Promise<void>;
  /** The time of day is right now: worth keeping over the power. Never throws. */
  told(): void;
}

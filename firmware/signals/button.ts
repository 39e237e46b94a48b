import type { Clock, Timer } from '../../hal/clock.ts';
import { buttonAtStart, buttonStep, type ButtonEvent, type ButtonInput, type ButtonState } from './button-machine.ts';

/** A button on its pin: runs `button-machine.ts`. */
export class Button {
  readonly #clock: Clock;
  readonly #longMs: number;
  readonly #told: (event: ButtonEvent) => void;
  #state: ButtonState;
  #timer: Timer | null = null;

  constructor(clock: Clock, longMs: number, pressed: boolean, told: (event: ButtonEvent) => void) {
    this.#clock = clock;
    this.#longMs = longMs;
    this.#told = told;
    this.#state = buttonAtStart(pressed, clock.monotonic());
  }

  level(pressed: boolean): void {
    this.#step({ type: 'level', pressed, nowMs: this.#clock.monotonic() });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #step(input: ButtonInput): void {
    const { state, events, wakeAtMs } = buttonStep(this.#state, input, this.#longMs);
    this.#state = state;
    this.#timer?.cancel();
    this.#timer = wakeAtMs === null ? null : this.#clock.after('button', Math.max(0, wakeAtMs - input.nowMs), () => this.#step({ type: 'wake', nowMs: this.#clock.monotonic() }));
    for (const event of events) this.#told(event);
  }
}

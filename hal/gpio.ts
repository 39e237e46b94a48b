import type { HalError } from './errors.ts';

/** Where a pin is. Only board files know such things. */
export interface PinPlace {
  /** Label or name of the chip, as `gpiodetect` shows them: 'pinctrl-bcm2711', 'gpiochip0'. Labels do not move between kernels. */
  readonly chip: string;
  /** Line of the chip, counted from 0. */
  readonly line: number;
  /** Asserted is the low level. */
  readonly activeLow: boolean;
  /** What holds an input that nothing drives. */
  readonly bias: 'none' | 'up' | 'down';
}

export interface PinRequest {
  /** What the pin is for; `Pins` knows it by this. */
  readonly name: string;
  readonly direction: 'in' | 'out';
  readonly place: PinPlace;
}

/** Pins in logic terms: asserted or not. Names that were not requested are refused with a RangeError. */
export interface Pins {
  /** Of an input what it is now, of an output what it was set to. */
  asserted(name: string): boolean;
  /** Outputs only. Never throws for the device's sake: a refusal goes to `failed`. */
  set(name: string, asserted: boolean): void;
  /** An input has changed; changes too short to be seen are not told. Not called from inside a call of this. */
  changed: ((name: string, asserted: boolean) => void) | null;
  /** The device refuses; pins keep the state they have. Errors: io, not-found (the chip is gone). */
  failed: ((error: HalError) => void) | null;
  /** Outputs are no longer asserted, and the pins are free for others. Nothing is called after it. */
  close(): void;
}

/** The machine's digital inputs and outputs. */
export interface Gpio {
  /** For people: 'cdev', 'onoff', 'sim'. */
  readonly name: string;
  /** All pins of a unit together. Outputs begin not asserted. Errors: not-found (no such chip or line), busy (somebody else has it), permission-denied, unsupported. */
  open(requests: readonly PinRequest[]): Promise<Pins>;
}

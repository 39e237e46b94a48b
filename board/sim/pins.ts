import type { BoardPin, PinUse } from '../../firmware/signals/pin-uses.ts';
import { SimGpio } from '../../hal/sim/sim-gpio.ts';

const at = (use: PinUse, line: number, part: Partial<BoardPin> = {}): BoardPin => ({ use, chip: 'sim', line, activeLow: false, bias: 'none', ...part });
/** Switches to ground, as boards have them. */
const toGround = { activeLow: true, bias: 'up' } as const;

/** One of each. */
export const simulatedPins: readonly BoardPin[] = [
  at('status-led', 0),
  at('link-led', 1),
  at('message-led', 2, { activeLow: true }),
  at('reset-button', 3, toGround),
  at('failover-button', 4, toGround),
  at('alarm-in-1', 5, toGround),
  at('alarm-in-2', 6, toGround),
  at('loop-current', 7, toGround),
  at('alarm-out', 8),
  at('door-relay', 9),
  at('transfer-relay', 10),
];

export const simulatedGpio = new SimGpio();

/** Presses a button or closes a contact; null use = nothing happens. */
export function drivePin(use: PinUse, asserted: boolean): void {
  const pin = simulatedPins.find((one) => one.use === use);
  if (pin !== undefined) simulatedGpio.drive(pin, asserted !== pin.activeLow);
}

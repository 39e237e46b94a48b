import type { PinRow } from '../../signals/board-signals.ts';
import type { PinUse } from '../../signals/pin-uses.ts';

/** The pins of the board. */
export interface PinsConsole {
  rows(): readonly PinRow[];
  /** A sentence on what is to be seen now. */
  test(use: PinUse): string;
  /** The other side of an input, on a simulated board; null = there is a real one. */
  readonly drive: ((use: PinUse, asserted: boolean) => void) | null;
}

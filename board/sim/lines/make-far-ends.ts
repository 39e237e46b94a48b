import type { FarEndsConsole } from '../../../firmware/console/parts/far-ends-console.ts';
import type { Unit } from '../../../firmware/run.ts';
import { board } from '../board.ts';
import { speech } from '../phone/speech.ts';
import { FarEnds } from './far-ends.ts';
import { simLineOrders } from './line-orders.ts';

/** The far ends of the lines of a running unit, which live in its media thread. */
export function makeFarEnds(unit: Unit): FarEndsConsole {
  return new FarEnds({ clock: unit.parts.clock, lines: () => unit.settings.lines, board, channel: simLineOrders(), speech });
}

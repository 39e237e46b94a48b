import type { ConsoleUnit } from '../../firmware/console/console-unit.ts';
import { breakBaud, SerialConsole } from '../../firmware/console/serial-console.ts';
import type { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import type { Clock } from '../../hal/clock.ts';
import { LinuxSerialPorts } from '../../hal/drivers/linux/linux-serial.ts';
import type { Board } from '../board.ts';

/** '/dev/ttyS0:9600'; without a speed the standard one. */
export function serialLineOf(text: string): { readonly device: string; readonly baud: number } {
  const [, device = text, baud = String(breakBaud)] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return { device, baud: Number(baud) };
}

/** Opens the console at the serial line that the command line names, else the board; null = there is none. */
export function serialConsole(asked: string | null, board: Pick<Board, 'console'>, parts: { readonly clock: Clock; readonly log: UnitLog; readonly unit: ConsoleUnit }): SerialConsole | null {
  const line = asked === null ? board.console : serialLineOf(asked);
  // Without the list nobody could be asked who he is.
  if (line === null || parts.unit.technicians === null) return null;
  const console = new SerialConsole({ ...parts, ports: new LinuxSerialPorts(parts.clock), ...line });
  void console.open();
  return console;
}

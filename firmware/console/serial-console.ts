import type { Clock, Timer } from '../../hal/clock.ts';
import type { SerialPort, SerialPorts } from '../../hal/serial.ts';
import { plainSerial } from '../../hal/serial.ts';
import type { UnitLog } from '../lifecycle/unit-log.ts';
import { ConsoleGuest } from './console-guest.ts';
import type { ConsoleUnit } from './console-unit.ts';
import { Outbox, serialOutbox } from './outbox.ts';
import type { Terminal } from './terminal.ts';

export interface SerialConsoleParts {
  readonly clock: Clock;
  readonly log: UnitLog;
  readonly unit: ConsoleUnit;
  readonly ports: SerialPorts;
  readonly device: string;
  readonly baud: number;
}

/** What a break sets the line to: whoever does not know its speed calls for attention and finds it. */
export const breakBaud = 115_200;
/** A port that is not there, or was lost, is tried again after so long, each time longer. */
const reopenMs = [1000, 2000, 5000, 10_000, 30_000] as const;
/** Whether the terminal is still there is asked so often. */
const lookMs = 1000;
/** Log lines are left out while more than this is on its way: at 9600 baud four seconds. */
const behindBytes = 4096;
/** A port that is closed drops what is on its way. */
/** One call for attention in so long is enough. */
const breaksApartMs = 1000;
const lastWordsMs = 100;
const enter = [0x0d, 0x0a];

/**
 * The technician's console on a serial line: nothing is asked of an idle cable; Enter begins, by a login where there is a list, and a break,
 * a cable that is pulled, or nobody's commands for long end it. Garbage can do no more than be a wrong command.
 *
 *   closed ──> waiting ── Enter ──> guest (login, session) ──> waiting
 *      ^          └── lost, or the break that changes the speed ──┘
 */
export class SerialConsole {
  readonly #parts: SerialConsoleParts;
  #port: SerialPort | null = null;
  #out: Outbox | null = null;
  #guest: ConsoleGuest | null = null;
  #seenThere = false;
  #tries = 0;
  #brokeMs = -Infinity;
  #timer: Timer | null = null;
  #closed = false;

  constructor(parts: SerialConsoleParts) {
    this.#parts = parts;
  }

  /** Never rejects: a port that cannot be had is told once and tried again. */
  async open(): Promise<void> {
    const { ports, device, baud } = this.#parts;
    try {
      const port = await ports.open(device, { ...plainSerial(baud), breaks: true });
      if (this.#closed) return void port.close();
      this.#opened(port);
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    const { clock } = this.#parts;
    const port = this.#port;
    this.#guest?.leave('the unit stops');
    if (port !== null) clock.after('serial console', lastWordsMs, () => void port.close());
  }

  #opened(port: SerialPort): void {
    const { clock, log, device } = this.#parts;
    if (this.#tries > 0) log.write('notice', 'serial-console-back', `The serial console at ${device} is there again.`);
    this.#tries = 0;
    this.#port = port;
    this.#out = new Outbox({ write: (bytes) => port.write(bytes), close: () => undefined }, clock, () => this.#guest?.leave(null), serialOutbox);
    port.received = (bytes) => this.#received(bytes);
    port.broke = () => void this.#broke();
    port.closed = (error) => this.#lost(error.message);
    this.#welcome();
    this.#look();
  }

  #received(bytes: Uint8Array): void {
    if (this.#guest !== null) return this.#guest.keys(Uint8Array.from(bytes));
    const at = bytes.findIndex((byte) => enter.includes(byte));
    if (at >= 0) this.#begin();
  }

  #begin(): void {
    const { clock, log, unit, device } = this.#parts;
    const octets = this.#out?.octets;
    const terminal: Terminal = { kind: 'terminal', columns: 80, height: 24, write: (text) => void this.#out?.write(text), ...(octets === undefined ? {} : { octets }) };
    this.#say('');
    if (unit.firstPassword !== true && (unit.technicians?.list.length ?? 0) === 0) this.#say('Nobody is in the list of technicians, so whoever has this cable may do everything: technician add NAME.');
    this.#guest = new ConsoleGuest({
      clock, log, unit, terminal, place: `the serial console ${device}`, nobody: `the serial console ${device}`, noisy: true,
      behind: () => (this.#out?.waitingBytes ?? 0) > behindBytes,
      ended: (why) => this.#left(why),
    });
    // What a session prints at once may have ended it.
    if (this.#guest.over) this.#guest = null;
  }

  #left(why: string | null): void {
    this.#guest = null;
    if (why !== null) this.#say(`\r\nthe session ends: ${why}`);
    if (!this.#closed) this.#welcome();
  }

  #welcome(): void {
    this.#say(`\r\n${this.#parts.unit.settings().settings.unit.name}: press Enter`);
  }

  /** Attention: the line is back at the speed everybody tries first, and nobody is logged in. */
  async #broke(): Promise<void> {
    const { clock, log, device } = this.#parts;
    // A sender at a slower speed is one break after another.
    if (clock.monotonic() - this.#brokeMs < breaksApartMs) return;
    this.#brokeMs = clock.monotonic();
    log.write('notice', 'serial-console-break', `A break at ${device}: the serial console goes to ${breakBaud} baud and ends its session.`);
    this.#out?.clear();
    await this.#port?.setBaud(breakBaud).catch((error: unknown) => log.write('warning', 'serial-console-speed', `The speed of ${device} cannot be changed: ${String(error)}`));
    if (this.#guest !== null) this.#guest.leave('a break');
    else this.#welcome();
  }

  /** A terminal that was seen by its lines and is not any more has been closed, or its cable pulled. */
  #look(): void {
    const { clock } = this.#parts;
    const port = this.#port;
    this.#timer = clock.after('serial console', lookMs, () => {
      port?.modemLines().then(({ dsr, dcd }) => this.#saw(dsr || dcd), () => undefined).finally(() => {
        if (this.#port === port && port !== null && !this.#closed) this.#look();
      });
    });
  }

  #saw(there: boolean): void {
    if (this.#seenThere && !there) {
      this.#out?.clear();
      this.#guest?.leave('the terminal is gone');
    }
    this.#seenThere = there;
  }

  #lost(why: string): void {
    this.#timer?.cancel();
    this.#out?.clear();
    this.#port = null;
    this.#out = null;
    this.#seenThere = false;
    this.#guest?.leave(null);
    this.#failed(why);
  }

  #failed(why: string): void {
    if (this.#closed) return;
    const { clock, log, device } = this.#parts;
    if (this.#tries === 0) log.write('warning', 'serial-console-lost', `There is no serial console at ${device} until it can be opened: ${why}`);
    const pauseMs = reopenMs[Math.min(this.#tries, reopenMs.length - 1)] as number;
    this.#tries += 1;
    this.#timer = clock.after('serial console', pauseMs, () => void this.open());
  }

  #say(line: string): void {
    this.#out?.write(`${line}\r\n`);
  }
}

// Four voice modems with their lines, at the emulated board's card of four serial ports.
import { setTimeout as sleep } from 'node:timers/promises';
import { ulawDecode } from '../../../hal/g711.ts';
import type { OpenedModem } from '../modem/open-modem.ts';
import { modemAtSocket } from '../modem/open-modem.ts';
import { speech } from '../peers/spoken.ts';
import type { EmulatedBoard } from './emulated-board.ts';

const ports = [0, 1, 2, 3];
const answerLimitMs = 90_000;
const pollMs = 50;
/** From the first sound of the greeting to the key that ends it. */
const greetingMs = 2500;
/** So long after the last sound the beep is over, however slow the emulator is. */
const quietMs = 2500;
/** Of a sample that is heard. */
const loud = 1000;
const hungUpLimitMs = 60_000;

const socket = (port: number): string => `modem-${port}.sock`;

/** Words for QEMU, as `more` of a board: /dev/ttyS0 to ttyS3. */
export const lineWords = [
  ...ports.flatMap((port) => ['-chardev', `socket,id=modem${port},path=@folder@/${socket(port)},server=on,wait=off`]),
  '-device', `pci-serial-4x,${ports.map((port) => `chardev${port + 1}=modem${port}`).join(',')}`,
];

export class ModemBank {
  #modems: OpenedModem[] = [];

  /** Numbers that call, by line. */
  readonly callers = ports.map((port) => `555010${port}`);

  /** Of a board that is on. */
  async connect(board: EmulatedBoard): Promise<void> {
    this.#modems = await Promise.all(ports.map((port) => modemAtSocket(`${board.folder}/${socket(port)}`, { patient: true })));
  }

  /** Commands of `configure`: lines, whose calls go to the mailbox. */
  settings(mailbox: string): string[] {
    return [...ports.flatMap((port) => [`set lines[line-${port}].device v253:/dev/ttyS${port}`, `set lines[line-${port}].kind trunk`]), `set incoming[all].mailbox ${mailbox}`];
  }

  /** Whether the unit has put all of them into voice mode. */
  get areSetUp(): boolean {
    return this.#modems.every(({ modem }) => modem.settings.serviceClass === '8' || modem.commands.some((line) => /\+FCLASS=8/.test(line)));
  }

  /** Calls on all lines at the same time; each caller speaks for `ms` and hangs up. Errors: a line does not answer, or does not go on-hook. */
  async leaveMessages(ms: number): Promise<void> {
    await Promise.all(this.#modems.map(({ exchange, modem }, port) => this.#leave({ exchange, modem }, port, ms)));
  }

  close(): void {
    for (const { unplug } of this.#modems) unplug();
  }

  async #leave({ exchange, modem }: Pick<OpenedModem, 'exchange' | 'modem'>, port: number, ms: number): Promise<void> {
    const comes = async (what: string, holds: () => boolean, limitMs: number): Promise<void> => {
      const end = performance.now() + limitMs;
      while (!holds()) {
        if (performance.now() > end) throw new Error(`line ${port}: ${what} did not come within ${limitMs} ms; it is ${exchange.state}, and the unit's last commands were ${modem.commands.slice(-12).join(' | ')}`);
        await sleep(pollMs);
      }
    };
    exchange.ring({ callerId: { number: this.callers[port] ?? '', name: '', absent: null }, onMs: 1000, offMs: 2000 });
    await comes('an answer', () => exchange.state === 'up', answerLimitMs);
    await comes('a greeting', () => exchange.heard.some(isLoud), answerLimitMs);
    await sleep(greetingMs);
    exchange.press('#');
    await comes('a beep and silence', whenQuiet(exchange), answerLimitMs);
    exchange.speak(Int16Array.from(speech(port, ms), (code) => ulawDecode[code] ?? 0));
    await comes('an end of what is said', () => exchange.silent, answerLimitMs);
    exchange.hangUp();
    await comes('an on-hook', () => exchange.state === 'idle', hungUpLimitMs);
  }
}

const isLoud = (sample: number): boolean => Math.abs(sample) > loud;

/** Asked again and again: whether nothing loud has come to the caller for a while. */
function whenQuiet(exchange: OpenedModem['exchange']): () => boolean {
  let looked = exchange.heard.length;
  let sinceMs = performance.now();
  return () => {
    const { heard } = exchange;
    for (; looked < heard.length; looked++) if (isLoud(heard[looked] ?? 0)) sinceMs = performance.now();
    return performance.now() - sinceMs > quietMs;
  };
}

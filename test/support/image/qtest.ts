// The side door of the emulator for tests of hardware (QEMU's qtest protocol): lines of text over a Unix socket. Here it drives and reads the pins of
// the machine's PL061. Private to QEMU and not promised to stay: the GPIO test fails loudly if it changes.
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { atMonitor } from './monitor.ts';

const answerLimitMs = 10_000;

/** The controller, as the emulator names the devices that nobody gave a name; `info qom-tree` shows them. */
const pl061 = /^\s*\/(device\[\d+\]) \(pl061\)/m;

export class Qtest {
  readonly #socket: Socket;
  readonly #waiting: { resolve: (words: string) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }[] = [];
  #rest = '';
  /** Each change of an output. */
  changed: ((line: number, level: boolean) => void) | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => this.#take(text));
    socket.on('error', () => undefined); // the machine is off
  }

  static open(path: string): Promise<Qtest> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ path });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Qtest(socket)));
    });
  }

  /** Drives an input of the device at `place` of the emulator's tree. */
  async drive(place: string, line: number, high: boolean): Promise<void> {
    await this.#ask(`set_irq_in ${place} unnamed-gpio-in ${line} ${high ? 1 : 0}`);
  }

  /** From now on changes of the device's outputs are told. */
  async watch(place: string): Promise<void> {
    await this.#ask(`irq_intercept_out ${place}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(words: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`qtest did not answer "${words}" within ${answerLimitMs} ms`)), answerLimitMs);
      this.#waiting.push({ resolve, reject, timer });
      this.#socket.write(`${words}\n`);
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line.trim());
  }

  /** `IRQ raise 6` comes by itself, `OK ...` and `FAIL ...` answer. */
  #line(line: string): void {
    const [, way, number] = /^IRQ (raise|lower) (\d+)$/.exec(line) ?? [];
    if (way !== undefined) return this.changed?.(Number(number), way === 'raise');
    const asked = this.#waiting.shift();
    if (asked === undefined) return;
    clearTimeout(asked.timer);
    if (line.startsWith('OK')) asked.resolve(line.slice(2).trim());
    else asked.reject(new Error(`qtest: ${line}`));
  }
}

/** Asks the monitor of the board whose folder it is where its GPIO controller is. */
export async function findPl061(folder: string): Promise<string> {
  const [, name] = await atMonitor(folder, ['info qom-tree'], pl061);
  return `/machine/unattached/${name}`;
}

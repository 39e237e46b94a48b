// Pins of the emulated board in the test's hands, by the emulator's side door.
import type { EmulatedBoard } from './emulated-board.ts';
import { monitorWords } from './monitor.ts';
import { findPl061, Qtest } from './qtest.ts';

const pollMs = 50;

/** Words for QEMU, as `more` of a board. */
export const pinWords = ['-qtest', 'unix:@folder@/qtest.sock,server=on,wait=off', '-qtest-log', '/dev/null', ...monitorWords];

export class ControlledPins {
  readonly #qtest: Qtest;
  readonly #place: string;
  /** Changes of outputs since the beginning: `4 up`, `4 down`. */
  readonly changes: string[] = [];

  private constructor(qtest: Qtest, place: string) {
    this.#qtest = qtest;
    this.#place = place;
    qtest.changed = (line, level) => void this.changes.push(`${line} ${level ? 'up' : 'down'}`);
  }

  /** Of a board that is on and has `pinWords`. */
  static async take(board: EmulatedBoard): Promise<ControlledPins> {
    const place = await findPl061(board.folder);
    const qtest = await Qtest.open(`${board.folder}/qtest.sock`);
    await qtest.watch(place);
    return new ControlledPins(qtest, place);
  }

  drive(line: number, high: boolean): Promise<void> {
    return this.#qtest.drive(this.#place, line, high);
  }

  /** How often an output has gone that way since `from` changes had been seen. */
  count(change: string, from = 0): number {
    return this.changes.slice(from).filter((one) => one === change).length;
  }

  /** Errors: fewer than `count` such changes within `limitMs`. */
  async sees(change: string, count: number, from: number, limitMs: number): Promise<void> {
    const until = performance.now() + limitMs;
    while (this.count(change, from) < count) {
      if (performance.now() > until) throw new Error(`"${change}" was seen ${this.count(change, from)} times, not ${count}, within ${limitMs} ms: ${this.changes.slice(from).join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  close(): void {
    this.#qtest.close();
  }
}

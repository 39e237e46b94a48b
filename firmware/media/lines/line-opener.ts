/**
 * Opens a line by its driver, and again after it was lost or could not be opened, with growing pauses: 1, 2, 5, 10, 30 s, then every
 * minute. The same complaint is told once.
 */
import type { Clock, Timer } from '../../../hal/clock.ts';
import type { HalError } from '../../../hal/errors.ts';
import type { Line, LineDriver } from '../../../hal/line.ts';
import type { LineSettings } from '../media-protocol.ts';

const pausesMs = [1000, 2000, 5000, 10_000, 30_000, 60_000];

export interface LineOpenerParts {
  readonly clock: Clock;
  readonly settings: LineSettings;
  /** Errors: unsupported, when the board has no such driver. */
  readonly driver: () => LineDriver;
  readonly opened: (line: Line) => void;
  /** It is not there; tried again. */
  readonly failed: (text: string) => void;
}

export class LineOpener {
  readonly #parts: LineOpenerParts;
  #timer: Timer | null = null;
  #attempts = 0;
  #complaint = '';
  #closed = false;
  #opening = false;

  constructor(parts: LineOpenerParts) {
    this.#parts = parts;
  }

  /** One attempt now, unless one runs. */
  open(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#closed || this.#opening) return;
    this.#opening = true;
    void this.#attempt().finally(() => (this.#opening = false));
  }

  /** The open line was lost: soon another attempt. */
  lost(text: string): void {
    this.#attempts = 0;
    this.#complain(text);
    this.#sleep();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  async #attempt(): Promise<void> {
    const { settings, driver, opened } = this.#parts;
    const { name, kind, place, zone, options } = settings;
    try {
      const line = await driver().open({ name, kind, place, zone, options });
      if (this.#closed) return await line.close();
      this.#attempts = 0;
      this.#complaint = '';
      opened(line);
    } catch (error) {
      if (this.#closed) return;
      this.#complain((error as HalError).message);
      this.#sleep();
    }
  }

  #complain(text: string): void {
    if (text === this.#complaint) return;
    this.#complaint = text;
    this.#parts.failed(text);
  }

  #sleep(): void {
    const pauseMs = pausesMs[Math.min(this.#attempts++, pausesMs.length - 1)] ?? 60_000;
    this.#timer?.cancel();
    this.#timer = this.#closed ? null : this.#parts.clock.after('media line opens', pauseMs, () => this.open());
  }
}

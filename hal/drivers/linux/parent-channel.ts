import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { HalError } from '../../errors.ts';
import { halError } from './errno.ts';

/** Set by the parent that starts the program on the appliance: the FIFO on which it listens. */
const parentVariable = 'UNDERSTUDY_PARENT';

/** The FIFO named in the environment; null = no such parent. */
export const parentPath = (environment: Readonly<Record<string, string | undefined>>): string | null => environment[parentVariable] || null;

/** The way to the parent: one word, with or without a number, to a line. */
export class ParentChannel {
  readonly #path: string;
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Says what must be taken; opens the FIFO at the first such line. Errors: not-found, unsupported (nobody listens). */
  tell(line: string): void {
    try {
      // A FIFO that nobody reads refuses a writer that does not wait (fifo(7)).
      this.#fd ??= openSync(this.#path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (cause) {
      throw (cause as NodeJS.ErrnoException).code === 'ENXIO' ? this.#deaf(cause) : halError(this.#path, cause);
    }
    if (!this.say(line)) throw this.#deaf();
  }

  /** false: it was not taken, or nothing has been told yet. Lines are shorter than PIPE_BUF, so that they stay whole. Never throws. */
  say(line: string): boolean {
    if (this.#fd === null) return false;
    try {
      return writeSync(this.#fd, `${line}\n`) > 0;
    } catch {
      // A full FIFO, or no parent any more: then its own successor starts the program anew.
      return false;
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #deaf(cause?: unknown): HalError {
    return new HalError('unsupported', this.#path, 'the parent does not listen', cause);
  }
}

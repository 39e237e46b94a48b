import type { Key } from './keys.ts';

/** Shown in the last row while a page waits. */
export const moreText = '-- more: Space, Enter, q --';
/** Lines that may wait; what comes after them is counted. */
export const mostHeldLines = 10_000;

/** What a key does to a page that waits. 'kept': the rest is shown, and the key belongs to the next command. */
export type PageAnswer = { readonly lines: readonly string[]; readonly more: boolean; readonly kept: boolean };

/** Output of a command, a page at a time. Pure but for its own memory. `rows` 0 = no paging. */
export class Pager {
  #rows = 0;
  #shown = 0;
  #held: string[] = [];
  #dropped = 0;
  #quit = false;

  /** A command begins. */
  begin(rows: number): void {
    this.#rows = rows < 4 ? 0 : rows;
    this.#shown = 0;
    this.#held = [];
    this.#dropped = 0;
    this.#quit = false;
  }

  get holding(): boolean {
    return this.#held.length > 0;
  }

  /** The person wants no more of this command. */
  get quit(): boolean {
    return this.#quit;
  }

  /** Whether the line is to be shown now; otherwise it waits, and the first that waits begins a page. */
  shows(line: string, columns: number): boolean {
    if (this.#quit) return false;
    if (this.#rows === 0) return true;
    const height = Math.max(1, Math.ceil(line.length / columns));
    if (!this.holding && this.#shown + height < this.#rows) {
      this.#shown += height;
      return true;
    }
    if (this.#held.length < mostHeldLines) this.#held.push(line);
    else this.#dropped += 1;
    return false;
  }

  pressed(key: Key): PageAnswer {
    if (key.kind === 'interrupt' || (key.kind === 'char' && key.text.toLowerCase() === 'q')) {
      this.#quit = true;
      this.#held = [];
      return { lines: [], more: false, kept: false };
    }
    if (key.kind === 'enter') return this.#give(1, false);
    if (key.kind === 'char' && key.text === ' ') return this.#give(this.#rows - 1, false);
    this.#rows = 0;
    return this.#give(Infinity, true);
  }

  #give(count: number, kept: boolean): PageAnswer {
    const lines = this.#held.splice(0, count);
    // With the page that is full now the next line waits again.
    this.#shown = this.#rows;
    const more = this.#held.length > 0;
    return { lines: more || this.#dropped === 0 ? lines : [...lines, `${this.#dropped} more lines are not shown`], more, kept };
  }
}

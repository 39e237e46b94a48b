import type { Terminal } from '../../../firmware/console/terminal.ts';
import { charColumns } from '../../../firmware/console/plain-text.ts';

/**
 * A terminal that keeps what a person would see, and refuses escape sequences that the console is not meant to need.
 * Wide letters fill two cells, the second one is ''.
 */
export class Screen implements Terminal {
  readonly kind = 'terminal';
  columns: number;
  bells = 0;
  #rows: string[][] = [[]];
  #column = 0;

  constructor(columns = 80) {
    this.columns = columns;
  }

  write(text: string): void {
    const parts = text.match(/\x1b\[[0-9]*[A-Za-z]|[\s\S]/gu) ?? [];
    for (const part of parts) this.#take(part);
  }

  /** All rows, without trailing spaces. */
  get rows(): string[] {
    return this.#rows.map((row) => row.map((cell) => cell ?? ' ').join('').trimEnd());
  }

  /** The row with the cursor, and the cursor's column from 0. */
  get current(): string {
    return this.rows.at(-1) ?? '';
  }

  get column(): number {
    return this.#column;
  }

  get #row(): string[] {
    return this.#rows.at(-1) as string[];
  }

  #take(part: string): void {
    if (part === '\r') this.#column = 0;
    else if (part === '\n') this.#rows.push([]);
    else if (part === '\x07') this.bells += 1;
    else if (part === '\x1b[K') this.#row.length = Math.min(this.#row.length, this.#column);
    else if (/^\x1b\[[0-9]+C$/.test(part)) this.#column = Math.min(this.columns - 1, this.#column + Number(part.slice(2, -1)));
    else if (part < ' ' || part.startsWith('\x1b')) throw new Error(`the screen got ${JSON.stringify(part)}`);
    else this.#put(part);
  }

  #put(char: string): void {
    const width = charColumns(char);
    if (width === 0) {
      this.#row[this.#column - 1] += char;
      return;
    }
    if (this.#column + width > this.columns) {
      this.#rows.push([]);
      this.#column = 0;
    }
    while (this.#row.length < this.#column) this.#row.push(' ');
    this.#row[this.#column] = char;
    if (width === 2) this.#row[this.#column + 1] = '';
    this.#column += width;
  }
}

/** A pipe or dumb terminal: what was written, as it was. */
export class Transcript implements Terminal {
  readonly kind: 'dumb' | 'pipe';
  readonly columns = 80;
  text = '';

  constructor(kind: 'dumb' | 'pipe') {
    this.kind = kind;
  }

  write(text: string): void {
    this.text += text;
  }
}

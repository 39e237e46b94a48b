import type { Terminal } from './terminal.ts';
import type { RawTerminal } from './zmodem/raw-terminal.ts';

/** What a session writes at its terminal. Nothing comes there while a transfer has the octets, nor after the end of the session. */
export class SessionScreen {
  readonly eol: string;
  readonly #terminal: Terminal;
  readonly #raw: RawTerminal;
  #isClosed = false;

  constructor(terminal: Terminal, raw: RawTerminal) {
    this.#terminal = terminal;
    this.#raw = raw;
    this.eol = terminal.kind === 'terminal' ? '\r\n' : '\n';
  }

  get kind(): Terminal['kind'] {
    return this.#terminal.kind;
  }

  /** Escape sequences are understood there. */
  get isTerminal(): boolean {
    return this.kind === 'terminal';
  }

  get columns(): number {
    return this.#terminal.columns || 80;
  }

  /** 0 = nothing is paged. */
  get rows(): number {
    return this.isTerminal ? (this.#terminal.height ?? 0) : 0;
  }

  /** The session has ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  print(line: string): void {
    this.write(line + this.eol);
  }

  printAll(lines: readonly string[]): void {
    lines.forEach((line) => this.print(line));
  }

  write(text: string): void {
    if (text !== '' && !this.#isClosed && !this.#raw.taken) this.#terminal.write(text);
  }
}

// One end of a Unix socket that the emulated machine has for a serial line: what came so far, and what is sent.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';

const retryMs = 50;
const keptCharacters = 2 * 1024 * 1024;
/** A file that gets all that boards say, for whoever writes a test. */
const listener = process.env['UNDERSTUDY_TEST_CONSOLE'];

export class SerialLine {
  readonly #path: string;
  readonly #looks = new Set<() => void>();
  #socket: Socket | null = null;
  #text = '';
  #taken = 0;
  #over = false;

  /** Connects as soon as the machine has made the socket. */
  constructor(path: string) {
    this.#path = path;
    this.#connect();
  }

  /** All that came, at most the last 2 Mi characters. */
  get text(): string {
    return this.#text;
  }

  send(text: string | Uint8Array): void {
    this.#socket?.write(text);
  }

  /** A program of the test's machine is at the line, instead of a terminal, until it ends. Errors: it does not end well within `limitMs`; with what it said. */
  async joins(file: string, words: readonly string[], limitMs: number): Promise<void> {
    const program = spawn(file, words, { stdio: 'pipe', timeout: limitMs, killSignal: 'SIGKILL' });
    let said = '';
    const take = (text: string): void => void program.stdin.write(text, 'latin1');
    program.stdin.on('error', () => undefined); // it has ended
    program.stdout.on('data', (bytes: Buffer) => this.#socket?.write(bytes));
    program.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    this.#socket?.on('data', take);
    const code = await new Promise<number | null>((resolve, reject) => program.once('close', resolve).once('error', reject));
    this.#socket?.off('data', take);
    if (code !== 0) throw new Error(`${file} ended with ${code}: ${said.slice(-2000)}\n${JSON.stringify(this.tail(300))}`);
  }

  /** Where one has read to: what `heard` looks at begins here. */
  mark(): void {
    this.#taken = this.#text.length;
  }

  /** Waits for `wanted` behind the mark, moves the mark behind it, and resolves to what lay between. Errors: not within `limitMs`, or the line is gone; with the last words. */
  async heard(wanted: RegExp, limitMs: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    let look = (): void => undefined;
    const found = await new Promise<string | null>((resolve) => {
      look = () => {
        const match = wanted.exec(this.#text.slice(this.#taken));
        if (match === null) return this.#over ? resolve(null) : undefined;
        const end = this.#taken + match.index + match[0].length;
        resolve(this.#text.slice(this.#taken, end));
        this.#taken = end;
      };
      timer = setTimeout(() => resolve(null), limitMs);
      this.#looks.add(look);
      look();
    });
    clearTimeout(timer);
    this.#looks.delete(look);
    if (found === null) throw new Error(`${wanted} did not come within ${limitMs} ms${this.#over ? ' (the machine is off)' : ''}\n${this.tail()}`);
    return found;
  }

  tail(characters = 3000): string {
    return this.#text.slice(-characters);
  }

  /** The machine is off: nothing will come. */
  close(): void {
    this.#over = true;
    this.#socket?.destroy();
    this.#look();
  }

  #connect(): void {
    if (this.#over) return;
    const socket = createConnection({ path: this.#path });
    socket.setEncoding('latin1');
    socket.once('connect', () => {
      this.#socket = socket;
    });
    socket.on('data', (text: string) => {
      if (listener !== undefined) appendFileSync(listener, text, 'latin1');
      const more = this.#text + text;
      const cut = Math.max(0, more.length - keptCharacters);
      this.#text = more.slice(cut);
      this.#taken = Math.max(0, this.#taken - cut);
      this.#look();
    });
    socket.once('error', () => {
      if (this.#socket === null && !this.#over) setTimeout(() => this.#connect(), retryMs);
    });
  }

  #look(): void {
    for (const look of [...this.#looks]) look();
  }
}

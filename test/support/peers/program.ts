// Runs the programs of the peer tests: output gathered, ended by pid, nothing left behind when the test file ends.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProgramEnd {
  /** null = ended by a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It was killed because it took longer than its limit. */
  readonly tookTooLong: boolean;
}

export interface ProgramOptions {
  readonly cwd?: string;
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Killed after so long. */
  readonly limitMs: number;
  /** The end of its output that is kept, in characters; 1 Mi unless told. */
  readonly keptOutput?: number;
}

const outputLimit = 1024 * 1024;
const alive = new Set<ChildProcess>();

/** For `test.after`: what a failed test left running would keep the test file waiting, and so would its children, which hold its pipes. */
export function endPrograms(): void {
  for (const child of alive) {
    childrenOf(child.pid ?? 0).forEach((one) => sendSignal(one, 'SIGKILL'));
    child.kill('SIGKILL');
  }
}

/** Those that a process has now. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter((text) => text !== '').map(Number);
  } catch {
    return []; // it is gone
  }
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

process.on('exit', endPrograms);

/** A program that was started, and all it has said so far. */
export class Program {
  readonly ended: Promise<ProgramEnd>;
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #stdout = '';
  #stderr = '';
  #over = false;

  constructor(file: string, args: readonly string[], { cwd, environment, limitMs, keptOutput = outputLimit }: ProgramOptions) {
    this.name = file;
    this.#child = spawn(file, args, { stdio: 'pipe', env: { ...process.env, ...environment }, ...(cwd === undefined ? {} : { cwd }) });
    alive.add(this.#child);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#heard((this.#stdout = (this.#stdout + text).slice(-keptOutput))));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#heard((this.#stderr = (this.#stderr + text).slice(-keptOutput))));
    this.#child.stdin?.on('error', () => undefined); // it may be gone already
    this.ended = this.#end(limitMs);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get over(): boolean {
    return this.#over;
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGTERM, and SIGKILL for one that does not listen. */
  async stop(graceMs = 2000): Promise<ProgramEnd> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }

  /** Waits until `condition` holds; it is looked at whenever the program says something. Errors: it ended or took too long. */
  async until(what: string, condition: (program: Program) => boolean, limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let look = (): void => undefined;
    const held = new Promise<boolean>((resolve) => {
      look = () => (condition(this) ? resolve(true) : undefined);
      timer = setTimeout(() => resolve(false), limitMs);
      this.#waiting.add(look);
      look();
    });
    const gone = this.ended.then(() => condition(this));
    const good = await Promise.race([held, gone]);
    clearTimeout(timer);
    this.#waiting.delete(look);
    if (!good) throw new Error(`${this.name}: ${what} did not come within ${limitMs} ms${this.#over ? ' (it has ended)' : ''}\n${this.tail()}`);
  }

  /** The end of what it said, for error messages. */
  tail(characters = 4000): string {
    return `${this.#stdout}\n${this.#stderr}`.slice(-characters);
  }

  #heard(_text: string): void {
    for (const look of [...this.#waiting]) look();
  }

  #end(limitMs: number): Promise<ProgramEnd> {
    return new Promise((resolve, reject) => {
      let tookTooLong = false;
      const timer = setTimeout(() => {
        tookTooLong = true;
        this.signal('SIGKILL');
      }, limitMs);
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        clearTimeout(timer);
        alive.delete(this.#child);
        this.#over = true;
        resolve({ code, signal, tookTooLong });
      });
    });
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks ten times a second whether it holds. Errors: not within `limitMs`. */
export async function until(what: string, limitMs: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + limitMs; !(await holds()); await sleep(100)) if (Date.now() > end) throw new Error(`${what} did not come within ${limitMs} ms`);
}

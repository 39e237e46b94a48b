import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

const children: ChildProcess[] = [];

/** Ends all that was started. */
export const endRunning = (): void => children.splice(0).forEach((child) => void child.kill('SIGKILL'));

/** A process whose output is read as it comes. */
export class Running {
  output = '';
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(folder: string, command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, TERM: 'vt100' } });
    children.push(this.#child);
    for (const out of [this.#child.stdout, this.#child.stderr]) out?.on('data', (bytes: Buffer) => void (this.output += bytes.toString()));
    this.#child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => this.#child.once('exit', (code) => resolve(code)));
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** What came since `from`, once it fits. */
  async until(wanted: RegExp, from = 0, limitMs = 15_000): Promise<string> {
    for (const began = Date.now(); !wanted.test(this.output.slice(from)); await new Promise((resolve) => setTimeout(resolve, 20))) {
      if (Date.now() - began > limitMs) throw new Error(`not within ${limitMs} ms: ${wanted} in ${JSON.stringify(this.output.slice(from))}`);
    }
    return this.output.slice(from);
  }

  /** Types and waits for the answer. */
  async answer(keys: string, wanted: RegExp): Promise<string> {
    const from = this.output.length;
    this.type(keys);
    return this.until(wanted, from);
  }
}

export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

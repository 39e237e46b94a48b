import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { ThreadPort } from '../../worker.ts';

/** What a thread gets on its way; `data` is structured-cloned, shared memory in it stays shared. */
export interface ThreadStart {
  /** The program to run, its file or its text (CommonJS): usually this program itself, which finds `data` in node:worker_threads' workerData. */
  readonly file: string | URL | { readonly code: string };
  /** For `top -H` and the log. */
  readonly name: string;
  readonly data: unknown;
  /** Megabytes; a thread that needs more is lost, the process goes on. Absent = V8's default. */
  readonly heapLimitMb?: number;
}

export function spawnThread<In, Out>(start: ThreadStart): ThreadPort<In, Out> {
  return new SpawnedThread<In, Out>(start);
}

/** The way back to the thread that spawned this one; null in the main thread. */
export function parentThread<In, Out>(): ThreadPort<In, Out> | null {
  return isMainThread || parentPort === null ? null : new ParentThread<In, Out>(parentPort);
}

class SpawnedThread<In, Out> implements ThreadPort<In, Out> {
  received: ((message: In) => void) | null = null;
  lost: ((reason: string) => void) | null = null;
  readonly #worker: Worker;
  #reason: string | null = null;
  #open = true;

  constructor({ file, name, data, heapLimitMb }: ThreadStart) {
    const text = typeof file === 'object' && 'code' in file;
    this.#worker = new Worker(text ? file.code : file, { eval: text, name, workerData: data, ...(heapLimitMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapLimitMb } }) });
    this.#worker.on('message', (message: In) => {
      if (this.#open) this.received?.(message);
    });
    this.#worker.on('error', (cause: unknown) => void (this.#reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)));
    this.#worker.on('exit', (code) => this.#ended(code));
  }

  send(message: Out): void {
    if (this.#open) this.#worker.postMessage(message);
  }

  close(): void {
    this.#open = false;
    void this.#worker.terminate();
  }

  #ended(code: number): void {
    if (!this.#open) return;
    this.#open = false;
    this.lost?.(this.#reason ?? `ended by itself with code ${code}`);
  }
}

class ParentThread<In, Out> implements ThreadPort<In, Out> {
  received: ((message: In) => void) | null = null;
  lost: ((reason: string) => void) | null = null;
  readonly #port: NonNullable<typeof parentPort>;
  #open = true;

  constructor(port: NonNullable<typeof parentPort>) {
    this.#port = port;
    port.on('message', (message: In) => {
      if (this.#open) this.received?.(message);
    });
    port.on('close', () => this.#ended());
  }

  send(message: Out): void {
    if (this.#open) this.#port.postMessage(message);
  }

  close(): void {
    this.#open = false;
    this.#port.close();
  }

  #ended(): void {
    if (!this.#open) return;
    this.#open = false;
    this.lost?.('the parent thread closed the pipe');
  }
}

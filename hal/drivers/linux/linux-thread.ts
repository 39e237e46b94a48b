import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { ThreadPort } from '../../worker.ts';
import { movable } from '../../worker.ts';
import { forgetThreadMemory } from './thread-memory.ts';

/** What a thread gets on its way; `data` is structured-cloned, shared memory in it stays shared, and the thread finds it as `start` of its parentThread(). */
export interface ThreadStart {
  /** The program to run, its file or its text (CommonJS). */
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

/** A thread that loads its program while its work is still being found out. Until it is told to begin, it does not keep the process alive. */
export interface PreparedThread<In, Out> {
  readonly port: ThreadPort<In, Out>;
  /** Once, before anything is sent. `data` is what `spawnThread` takes. */
  begin(data: unknown): void;
}

export function prepareThread<In, Out>(what: Omit<ThreadStart, 'data'>): PreparedThread<In, Out> {
  const port = new SpawnedThread<In, Out>({ ...what, data: later });
  return { port, begin: (data) => port.begin(data) };
}

/** In place of data that comes as the first message. */
const later = 'understudy: later';

/** The way back to the thread that spawned this one; null in the main thread. */
export function parentThread<In, Out>(): ParentThreadPort<In, Out> | null {
  return isMainThread || parentPort === null ? null : new ParentThread<In, Out>(parentPort);
}

export interface ParentThreadPort<In, Out> extends ThreadPort<In, Out> {
  /** The data that this thread was spawned with, or begun. */
  readonly start: Promise<unknown>;
}

class SpawnedThread<In, Out> implements ThreadPort<In, Out> {
  received: ((message: In) => void) | null = null;
  readonly #worker: Worker;
  #lost: ((reason: string) => void) | null = null;
  #reason: string | null = null;
  /** Ended before anybody asked to be told. */
  #untold: string | null = null;
  #open = true;

  constructor({ file, name, data, heapLimitMb }: ThreadStart) {
    const text = typeof file === 'object' && 'code' in file;
    this.#worker = new Worker(text ? file.code : file, { eval: text, name, workerData: data, ...(heapLimitMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapLimitMb } }) });
    this.#worker.on('message', (message: In) => {
      if (this.#open) this.received?.(message);
    });
    this.#worker.on('error', (cause: unknown) => void (this.#reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)));
    this.#worker.on('exit', (code) => {
      forgetThreadMemory(name);
      this.#ended(code);
    });
    if (data === later) this.#worker.unref();
  }

  begin(data: unknown): void {
    this.#worker.ref();
    this.#worker.postMessage(data);
  }

  get lost(): ((reason: string) => void) | null {
    return this.#lost;
  }

  set lost(lost: ((reason: string) => void) | null) {
    this.#lost = lost;
    const reason = this.#untold;
    if (lost === null || reason === null) return;
    this.#untold = null;
    queueMicrotask(() => lost(reason));
  }

  send(message: Out, moved?: Uint8Array): void {
    if (this.#open) this.#worker.postMessage(message, movable(moved));
  }

  close(): void {
    this.#open = false;
    void this.#worker.terminate();
  }

  #ended(code: number): void {
    if (!this.#open) return;
    this.#open = false;
    const reason = this.#reason ?? `ended by itself with code ${code}`;
    if (this.#lost === null) this.#untold = reason;
    else this.#lost(reason);
  }
}

class ParentThread<In, Out> implements ParentThreadPort<In, Out> {
  readonly start: Promise<unknown>;
  received: ((message: In) => void) | null = null;
  lost: ((reason: string) => void) | null = null;
  readonly #port: NonNullable<typeof parentPort>;
  #open = true;

  constructor(port: NonNullable<typeof parentPort>) {
    this.#port = port;
    let begin: ((data: unknown) => void) | null = null;
    this.start = workerData === later ? new Promise((resolve) => (begin = resolve)) : Promise.resolve(workerData);
    port.on('message', (message: In) => {
      if (begin !== null) {
        begin(message);
        begin = null;
      } else if (this.#open) this.received?.(message);
    });
    port.on('close', () => this.#ended());
  }

  send(message: Out, moved?: Uint8Array): void {
    if (this.#open) this.#port.postMessage(message, movable(moved));
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

import type { Clock, Timer } from '../../clock.ts';
import { HalError } from '../../errors.ts';
import type { KeyDerivation, ScryptCost } from '../../key-derivation.ts';
import { mostWaitingKeys } from '../../key-derivation.ts';
import type { ThreadPort } from '../../worker.ts';
import type { KeyAnswer, KeyOrder } from './key-protocol.ts';

export type KeyThread = ThreadPort<KeyAnswer, KeyOrder>;

interface Job {
  readonly order: KeyOrder;
  readonly resolve: (key: Uint8Array) => void;
  readonly reject: (error: HalError) => void;
  /** A thread was lost while it waited. */
  again: boolean;
}

/** A thread that nobody asked for so long gives its memory back, milliseconds. */
const restMs = 3000;
const place = 'keys';

/**
 * Keys from a thread of its own, made at the first order: not from libuv's pool, where four of them at once would keep recordings from the disk. A thread
 * that is lost is made anew once for what waited.
 */
export class ThreadKeys implements KeyDerivation {
  readonly #clock: Clock;
  readonly #spawn: () => KeyThread;
  readonly #jobs = new Map<number, Job>();
  #thread: KeyThread | null = null;
  #rest: Timer | null = null;
  #last = 0;

  constructor(clock: Clock, spawn: () => KeyThread) {
    this.#clock = clock;
    this.#spawn = spawn;
  }

  scrypt(secret: string, salt: Uint8Array, cost: ScryptCost, length: number): Promise<Uint8Array> {
    if (this.#jobs.size >= mostWaitingKeys) return Promise.reject(new HalError('busy', place, `${mostWaitingKeys} of them wait already`));
    return new Promise((resolve, reject) => {
      // A copy: what is cut from a pool would take all of the pool to the thread.
      const order = { id: ++this.#last, secret, salt: Uint8Array.from(salt), cost, length };
      this.#jobs.set(order.id, { order, resolve, reject, again: false });
      this.#rest?.cancel();
      this.#send(order);
    });
  }

  /** Ends the thread; what waits is given up. */
  close(): void {
    this.#end();
    this.#giveUp([...this.#jobs.values()], new HalError('closed', place, 'nobody waits for it any more'));
  }

  #send(order: KeyOrder): void {
    try {
      this.#thread ??= this.#begin();
      this.#thread.send(order);
    } catch (cause) {
      this.#lost(String(cause));
    }
  }

  #begin(): KeyThread {
    const thread = this.#spawn();
    thread.received = (answer) => this.#answered(answer);
    thread.lost = (reason) => {
      if (this.#thread === thread) this.#lost(reason);
    };
    return thread;
  }

  #answered(answer: KeyAnswer): void {
    const job = this.#jobs.get(answer.id);
    this.#jobs.delete(answer.id);
    if (this.#jobs.size === 0) this.#rest = this.#clock.after('keys-rest', restMs, () => this.#end());
    if (answer.type === 'key') job?.resolve(answer.key);
    else job?.reject(new HalError('io', place, answer.detail));
  }

  #lost(reason: string): void {
    this.#end();
    const jobs = [...this.#jobs.values()];
    this.#giveUp(jobs.filter(({ again }) => again), new HalError('io', place, `their thread was lost: ${reason}`));
    const others = jobs.filter(({ again }) => !again);
    for (const job of others) job.again = true;
    for (const { order } of others) if (this.#jobs.has(order.id)) this.#send(order);
  }

  #giveUp(jobs: readonly Job[], error: HalError): void {
    for (const { order, reject } of jobs) {
      this.#jobs.delete(order.id);
      reject(error);
    }
  }

  #end(): void {
    this.#rest?.cancel();
    this.#thread?.close();
    this.#thread = null;
  }
}

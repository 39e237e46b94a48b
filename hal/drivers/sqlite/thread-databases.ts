import type { Clock, Timer } from '../../clock.ts';
import type { Database, Databases, StatementResult } from '../../database.ts';
import { mostStatementCharacters, mostWaiting, statementMs, wakeMs } from '../../database.ts';
import { HalError } from '../../errors.ts';
import type { ThreadPort } from '../../worker.ts';
import type { DatabaseAnswer, DatabaseOrder } from './database-protocol.ts';

export type DatabaseThread = ThreadPort<DatabaseAnswer, DatabaseOrder>;

interface Job {
  readonly file: string;
  readonly resolve: (result: StatementResult | null) => void;
  readonly reject: (error: HalError) => void;
  readonly limit: Timer;
}

/** A thread that nobody asked for so long gives its memory back. */
const restMs = 60_000;

type Asked = DatabaseOrder extends infer Order ? (Order extends DatabaseOrder ? Omit<Order, 'id'> : never) : never;

/** Databases in a thread of their own, made when the first is asked. A statement that takes too long ends with the thread, and what waits behind it with it. */
export class ThreadDatabases implements Databases {
  readonly #clock: Clock;
  readonly #spawn: () => DatabaseThread;
  readonly #jobs = new Map<number, Job>();
  #thread: DatabaseThread | null = null;
  #rest: Timer | null = null;
  #last = 0;
  /** The thread has answered: it runs, and has its engine. */
  #awake = false;

  constructor(clock: Clock, spawn: () => DatabaseThread) {
    this.#clock = clock;
    this.#spawn = spawn;
  }

  async open(file: string, { write }: { readonly write: boolean }): Promise<Database> {
    await this.#ask({ type: 'look', file, write });
    let open = true;
    return {
      run: async (sql, values) => {
        if (!open) throw new HalError('closed', file, 'the database has been closed');
        if (sql.length > mostStatementCharacters) return { ok: false, why: `a statement has at most ${mostStatementCharacters} characters` };
        return (await this.#ask({ type: 'run', file, write, sql, values })) as StatementResult;
      },
      close: async () => void (open = false),
    };
  }

  rest(): void {
    this.#giveUp(new HalError('closed', 'databases', 'databases were put to rest'));
  }

  #ask(order: Asked): Promise<StatementResult | null> {
    const { file } = order;
    if (this.#jobs.size >= mostWaiting) return Promise.reject(new HalError('busy', file, `${mostWaiting} statements wait already`));
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      const limitMs = this.#awake ? statementMs : statementMs + wakeMs;
      const late = (): void => this.#giveUp(new HalError('timed-out', file, `a statement was not done within ${limitMs} ms`));
      this.#jobs.set(id, { file, resolve, reject, limit: this.#clock.after('database', limitMs, late) });
      this.#rest?.cancel();
      this.#thread ??= this.#begin();
      this.#thread.send({ ...order, id });
    });
  }

  #begin(): DatabaseThread {
    const thread = this.#spawn();
    thread.received = (answer) => this.#answered(answer);
    thread.lost = (reason) => {
      if (this.#thread === thread) this.#giveUp(new HalError('io', 'databases', `the thread of databases was lost: ${reason}`));
    };
    return thread;
  }

  #answered(answer: DatabaseAnswer): void {
    this.#awake = true;
    const job = this.#jobs.get(answer.id);
    this.#jobs.delete(answer.id);
    job?.limit.cancel();
    if (answer.type === 'done') job?.resolve(answer.result);
    else job?.reject(new HalError(answer.error, job.file, answer.detail));
    if (this.#jobs.size === 0) this.#rest = this.#clock.after('database-rest', restMs, () => this.#end());
  }

  /** What is in the middle of a statement hears no order: only its end stops it. */
  #giveUp(error: HalError): void {
    this.#end();
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const { limit, reject } of jobs) {
      limit.cancel();
      reject(error);
    }
  }

  #end(): void {
    this.#rest?.cancel();
    this.#thread?.close();
    this.#thread = null;
    this.#awake = false;
  }
}

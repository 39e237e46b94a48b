import * as v from 'valibot';
import type { WallMs } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { Serial } from '../mailbox/serial.ts';
import { readWhole, writeDurably } from '../site/durable-file.ts';

/** What a run leaves for the next start. `planned`: why it ended in good order; null = it has not (yet). */
export interface StopNote {
  /** Of the machine's run in which the program ran. */
  readonly bootId: string;
  readonly planned: { readonly why: string; readonly machine: boolean; readonly atMs: WallMs } | null;
}

const path = 'last-run';
/** A reason is a sentence, whoever gives it. */
const longestWhy = 300;
const mostBytes = 4096;
const shape = v.object({ bootId: v.string(), planned: v.nullable(v.object({ why: v.string(), machine: v.boolean(), atMs: v.number() })) });

/** null: there is none, or it cannot be read, which no start may fail for. */
export async function readStopNote(storage: Storage, log: Log): Promise<StopNote | null> {
  try {
    const bytes = await readWhole(storage, path, mostBytes);
    return bytes === null ? null : (v.parse(shape, JSON.parse(Buffer.from(bytes).toString('utf8'))) as StopNote);
  } catch (error) {
    log.write('warning', 'last-run-unknown', `How the last run ended cannot be read: ${String(error)}`);
    return null;
  }
}

/** Keeps the note of this run. A disk that refuses it is told and keeps nothing from stopping. */
export class StopNotes {
  readonly #storage: Storage;
  readonly #log: Log;
  readonly #bootId: string;
  readonly #writes = new Serial();
  #isPlanned = false;

  constructor(storage: Storage, log: Log, bootId: string) {
    this.#storage = storage;
    this.#log = log;
    this.#bootId = bootId;
  }

  /** This run has begun: an end without a word is one from now on. */
  begun(): Promise<void> {
    return this.#isPlanned ? this.#writes.idle() : this.#write(null);
  }

  /** Before the stop begins. The first reason counts, but a restart of the machine is told before one of the program. */
  planned(why: string, machine: boolean, atMs: WallMs): Promise<void> {
    if (this.#isPlanned && !machine) return this.#writes.idle();
    this.#isPlanned = true;
    return this.#write({ why: why.slice(0, longestWhy), machine, atMs });
  }

  #write(planned: StopNote['planned']): Promise<void> {
    const text = JSON.stringify({ bootId: this.#bootId, planned });
    return this.#writes.run(() => writeDurably(this.#storage, path, Buffer.from(text))).catch((error: unknown) => this.#log.write('warning', 'last-run-not-noted', `The next start will not know how this run ended: ${String(error)}`));
  }
}

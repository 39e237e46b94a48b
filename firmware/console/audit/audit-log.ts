import type { Clock, WallMs } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import { Serial } from '../../mailbox/serial.ts';
import { readWhole } from '../../site/durable-file.ts';
import { chainFault, entryLine, nextEntry, readEntry } from './audit-chain.ts';
import type { AuditEntry } from './audit-chain.ts';

const folder = 'audit';
/** A file that is fuller is followed by the next. */
export const fullBytes = 256 * 1024;
/** Together at most 4 MiB; the oldest goes first, and the chain goes on. */
export const filesKept = 16;
/** Entries that one write takes. */
const mostTogether = 64;
/** So many more may be in it, whose letters may take six bytes each. */
const largestBytes = fullBytes + mostTogether * 16 * 1024;

export interface Verified {
  readonly entries: number;
  readonly first: AuditEntry | null;
  readonly last: AuditEntry | null;
  /** In the order of the log; at most 20. */
  readonly faults: readonly string[];
}

const mostFaults = 20;

/** Who did what at the console: files of lines, each chained to the one before, durable when `record` resolves. */
export class AuditLog {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #serial = new Serial();
  readonly #waiting: { atMs: WallMs; who: string; what: string }[] = [];
  #written: Promise<void> = Promise.resolve();
  #last: AuditEntry | null = null;
  #file = '';
  #bytes = 0;

  private constructor(storage: Storage, clock: Clock, log: Log) {
    this.#storage = storage;
    this.#clock = clock;
    this.#log = log;
  }

  /** Finds the end of the chain, and cuts a line that a power cut left unfinished. Errors: HalError. */
  static async open(storage: Storage, clock: Clock, log: Log): Promise<AuditLog> {
    const audit = new AuditLog(storage, clock, log);
    if ((await storage.stat(folder)) === null) {
      await storage.makeDirectory(folder);
      await storage.syncDirectory('');
    }
    for (const name of [...(await audit.#names())].reverse()) {
      if (await audit.#resume(name)) break;
    }
    return audit;
  }

  /** Never rejects: what the disk refuses is an alert, and the unit goes on. What comes while one is written shares the next write. */
  record(who: string, what: string): Promise<void> {
    this.#waiting.push({ atMs: this.#clock.wall(), who, what });
    if (this.#waiting.length === 1) this.#written = this.#serial.run(() => this.#append(this.#waiting.splice(0))).catch((refused: unknown) => {
      this.#log.write('alert', 'audit-not-kept', `The audit log could not be written: ${String(refused)}`);
    });
    return this.#written;
  }

  /** The newest `count`, oldest first. Errors: HalError io. */
  last(count: number): Promise<readonly AuditEntry[]> {
    return this.#serial.run(async () => {
      let found: AuditEntry[] = [];
      for (const name of [...(await this.#names())].reverse()) {
        const entries = (await this.#lines(name)).flatMap((line) => readEntry(line) ?? []);
        found = [...entries, ...found];
        if (found.length >= count) break;
      }
      return found.slice(-count);
    });
  }

  /** Looks at every link. Errors: HalError io. */
  verify(): Promise<Verified> {
    return this.#serial.run(async () => {
      const faults: string[] = [];
      let [entries, first, last]: [number, AuditEntry | null, AuditEntry | null] = [0, null, null];
      for (const name of await this.#names()) {
        for (const [index, line] of (await this.#lines(name)).entries()) {
          const entry = readEntry(line);
          const fault = entry === null ? `line ${index + 1} of ${name} is no entry` : chainFault(last, entry);
          if (fault !== null && faults.length < mostFaults) faults.push(fault);
          if (entry === null) continue;
          entries += 1;
          first ??= entry;
          last = entry;
        }
      }
      if (last?.hash !== this.#last?.hash && faults.length < mostFaults) faults.push('the newest entries are gone: the log ends before what was written last');
      return { entries, first, last, faults };
    });
  }

  async #append(waiting: readonly { atMs: WallMs; who: string; what: string }[]): Promise<void> {
    for (let at = 0; at < waiting.length; at += mostTogether) await this.#write(waiting.slice(at, at + mostTogether));
  }

  async #write(together: readonly { atMs: WallMs; who: string; what: string }[]): Promise<void> {
    if (this.#file === '' || this.#bytes >= fullBytes) await this.#begin();
    let last = this.#last;
    const lines = together.map(({ atMs, who, what }) => entryLine((last = nextEntry(last, atMs, who, what))));
    const line = Buffer.from(lines.join(''));
    const file = await this.#storage.open(`${folder}/${this.#file}`, 'update');
    try {
      await file.write(line, this.#bytes);
      await file.dataSync();
    } catch (refused) {
      // After a failure the file may hold half of it, and is not to be trusted: the next entry begins another.
      await file.truncate(this.#bytes).catch(() => undefined);
      this.#file = '';
      throw refused;
    } finally {
      await file.close();
    }
    this.#bytes += line.length;
    this.#last = last;
  }

  async #begin(): Promise<void> {
    const names = await this.#names();
    const next = `${String(Number.parseInt(names.at(-1) ?? '0', 10) + 1).padStart(8, '0')}.log`;
    await (await this.#storage.open(`${folder}/${next}`, 'create')).close();
    await this.#storage.syncDirectory(folder);
    for (const name of names.slice(0, Math.max(0, names.length + 1 - filesKept))) await this.#storage.remove(`${folder}/${name}`);
    this.#file = next;
    this.#bytes = 0;
    // The journal keeps a link that nobody who can write the files can change.
    if (this.#last !== null) this.#log.write('notice', 'audit-file-full', `The audit log goes on in a new file after entry ${this.#last.number}.`, { hash: this.#last.hash });
  }

  /** Whether the file has an entry to go on from. */
  async #resume(name: string): Promise<boolean> {
    const lines = await this.#lines(name);
    const written = (await readWhole(this.#storage, `${folder}/${name}`, largestBytes))?.length ?? 0;
    const unfinished = lines.length > 0 && readEntry(lines.at(-1) as string) === null ? 1 : 0;
    const whole = lines.slice(0, lines.length - unfinished);
    if (this.#file === '') {
      this.#file = name;
      this.#bytes = Buffer.byteLength(whole.map((line) => `${line}\n`).join(''));
      if (this.#bytes < written) await this.#cut(name);
    }
    this.#last = whole.map(readEntry).findLast((entry) => entry !== null) ?? null;
    return this.#last !== null;
  }

  async #cut(name: string): Promise<void> {
    const file = await this.#storage.open(`${folder}/${name}`, 'update');
    try {
      await file.truncate(this.#bytes);
      await file.dataSync();
    } finally {
      await file.close();
    }
    this.#log.write('warning', 'audit-cut', 'The last line of the audit log was unfinished and was cut off: the power went while it was written.');
  }

  /** Without line ends. What no newline follows is a line too. Errors: HalError io. */
  async #lines(name: string): Promise<string[]> {
    const bytes = await readWhole(this.#storage, `${folder}/${name}`, largestBytes);
    if (bytes === null) throw new HalError('too-large', `${folder}/${name}`, 'no file of the audit log');
    const lines = Buffer.from(bytes).toString().split('\n');
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  }

  /** Oldest first. */
  async #names(): Promise<string[]> {
    return (await this.#storage.list(folder)).filter((name) => /^[0-9]{8}\.log$/.test(name)).sort();
  }
}

import type { Clock, Timer } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import { Serial } from '../mailbox/serial.ts';
import { readWhole } from '../site/durable-file.ts';
import type { LogLine, UnitLog } from './unit-log.ts';
import { formatLogLine, severityNumber } from './unit-log.ts';

const folder = 'log';
const current = `${folder}/current`;
const earlier = `${folder}/earlier`;

/** Two files of at most this size, in bytes: the log never takes more of the disk than both. */
export const fileBytes = 128 * 1024;
/** Lines that are no alert wait so long for others, in milliseconds: four writes an hour. */
export const gatherMs = 15 * 60_000;
/** Alerts are written at once, but no more of them than this in an hour; further ones wait like other lines. */
export const hastyPerHour = 30;
/** What waits, in bytes; what comes beyond it is counted and lost. */
const waitingBytes = 32 * 1024;
/** Lines of earlier runs that `show log` can reach. */
const earlierLines = 300;
const hourMs = 3_600_000;

/**
 * The part of the log that outlives the power: lines from `notice` on, appended to one of two files. However fast lines come, the flash sees
 * at most `hastyPerHour` and four writes an hour, and `waitingBytes` with each.
 */
export class KeptLog {
  /** Lines of earlier runs, oldest first. */
  readonly before: readonly string[];
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #log: UnitLog;
  readonly #detach: () => void;
  readonly #writes = new Serial();
  #waiting = '';
  #lost = 0;
  #sizeBytes: number;
  #timer: Timer | null = null;
  #hasty: number[] = [];
  #failed = false;

  private constructor(storage: Storage, clock: Clock, log: UnitLog, before: readonly string[], sizeBytes: number) {
    this.#storage = storage;
    this.#clock = clock;
    this.#log = log;
    this.before = before;
    this.#sizeBytes = sizeBytes;
    // Lines of the start, which were told before anybody could keep them.
    for (const line of log.last(earlierLines)) this.#line(line);
    this.#detach = log.attach((line) => this.#line(line));
  }

  /** Errors: HalError of the storage; then nothing is kept. */
  static async open(storage: Storage, clock: Clock, log: UnitLog): Promise<KeptLog> {
    await storage.makeDirectory(folder);
    await storage.syncDirectory('');
    const [older, newer] = [await textOf(storage, earlier), await textOf(storage, current)];
    const lines = `${older}${newer}`.split('\n').filter((line) => line !== '');
    return new KeptLog(storage, clock, log, lines.slice(-earlierLines), Buffer.byteLength(newer));
  }

  /** What waits is written. Never rejects. */
  async stop(): Promise<void> {
    this.#detach();
    this.#timer?.cancel();
    await this.#write();
  }

  #line(line: LogLine): void {
    if (severityNumber[line.severity] > severityNumber.notice) return;
    const text = `${formatLogLine(line)}\n`;
    if (this.#waiting.length + text.length > waitingBytes) this.#lost += 1;
    else this.#waiting += text;
    if (line.severity === 'alert' && this.#mayHaste()) this.#after(0);
    else if (this.#timer === null) this.#after(gatherMs);
  }

  #mayHaste(): boolean {
    const now = this.#clock.monotonic();
    this.#hasty = this.#hasty.filter((atMs) => now - atMs < hourMs);
    if (this.#hasty.length >= hastyPerHour) return false;
    this.#hasty.push(now);
    return true;
  }

  #after(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after('kept log', ms, () => {
      this.#timer = null;
      void this.#write();
    });
  }

  #write(): Promise<void> {
    return this.#writes.run(async () => {
      const lost = this.#lost === 0 ? '' : `(${this.#lost} lines came too fast to be kept)\n`;
      const bytes = Buffer.from(this.#waiting + lost);
      this.#waiting = '';
      this.#lost = 0;
      if (bytes.length > 0) await this.#append(bytes);
    }).then(
      () => void (this.#failed = false),
      (error: unknown) => this.#refused(error),
    );
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (this.#sizeBytes + bytes.length > fileBytes) await this.#turn();
    const isNew = (await this.#storage.stat(current)) === null;
    const file = await this.#storage.open(current, isNew ? 'create' : 'update');
    try {
      await file.write(bytes, this.#sizeBytes);
      await file.dataSync();
    } finally {
      await file.close();
    }
    if (isNew) await this.#storage.syncDirectory(folder);
    this.#sizeBytes += bytes.length;
  }

  async #turn(): Promise<void> {
    if ((await this.#storage.stat(current)) !== null) await this.#storage.rename(current, earlier);
    this.#sizeBytes = 0;
  }

  /** Told once; a disk that refuses a log must not fill the log. */
  #refused(error: unknown): void {
    if (!this.#failed) this.#log.write('warning', 'log-not-kept', `Lines of the log were not kept on the disk: ${String(error)}`);
    this.#failed = true;
  }
}

/** A power cut may leave a torn last line, of which control characters are shown as '?'. */
async function textOf(storage: Storage, path: string): Promise<string> {
  const bytes = await readWhole(storage, path, 2 * fileBytes);
  return bytes === null ? '' : Buffer.from(bytes).toString('utf8').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '?');
}

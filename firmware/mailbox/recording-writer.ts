import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { FrameBody } from './frame.ts';
import { maxPayloadBytes } from './frame.ts';
import { LogCursor } from './log-cursor.ts';
import { LogWriter } from './log-writer.ts';
import type { AdoptedLog } from './recording-copy.ts';
import type { ChosenMarks } from './message.ts';
import type { RecordingFacts, RecordingTrailer } from './recording.ts';
import { audioMs, bytesPerMs, encodeRecord } from './recording.ts';

/** Chunks held in memory until a sync has covered them: 16 s of audio at most, and the source of a rewrite. */
const maxWaitingChunks = 16;
/** A medium that fails again and again is given up. */
const maxRewrites = 2;

export interface RecordingPlan {
  readonly storage: Storage;
  readonly random: Random;
  readonly log: Log;
  /** Where the file lies while it grows; must exist. */
  readonly folder: string;
  readonly facts: RecordingFacts;
  /** Bytes set aside on the disk at the start, see reserveBytes. */
  readonly reserve: number;
}

/** A completed log: durable, under the name `path`. */
export interface SealedRecording {
  readonly path: string;
  readonly facts: RecordingFacts;
  readonly trailer: RecordingTrailer;
}

type Step = 'append' | 'seal';

/**
 * One recording on its way to the disk. Chunks are written and synced in order by one loop; a chunk leaves memory only when a
 * sync has covered it. When a write or sync fails, what is durable is copied to a fresh file, the waiting chunks follow, and
 * the recording goes on there; only if that fails too is it `failed`.
 */
export class RecordingWriter {
  readonly facts: RecordingFacts;
  readonly #plan: RecordingPlan;
  readonly #waiting: FrameBody[] = [];
  #hash: Hash = createHash('sha256');
  /** null: the copy that it goes on with is not a log of this unit yet. */
  #log: LogWriter | null;
  #draining: Promise<void> | null = null;
  #lostPackets = 0;
  #rewrites = 0;
  #failed = false;
  #ending = false;

  private constructor(plan: RecordingPlan, log: LogWriter | null) {
    this.#plan = plan;
    this.#log = log;
    this.facts = plan.facts;
  }

  /** Resolves when the first frame and the file's name are durable. Errors: HalError no-space, read-only, io. */
  static async begin(plan: RecordingPlan): Promise<RecordingWriter> {
    const facts: FrameBody = { type: 'facts', payload: encodeRecord(plan.facts), lostPackets: 0 };
    const writer = await freshLog(plan, `${plan.facts.id}.rec`, (log) => log.append([facts]));
    return new RecordingWriter(plan, writer);
  }

  /** Goes on with a copy of a recording that another unit began. Chunks are taken at once; they wait until it is durable here. */
  static adopt(plan: RecordingPlan, adopted: Promise<AdoptedLog>): RecordingWriter {
    const recording = new RecordingWriter(plan, null);
    recording.#draining = recording.#goOn(adopted);
    return recording;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Where it lies now; null: nowhere yet. */
  get path(): string | null {
    return this.#log?.path ?? null;
  }

  /** Of audio that a sync has covered. */
  get durableBytes(): number {
    return this.#log?.durable.position ?? 0;
  }

  /** False when the chunk was not taken: failed, ended, or 16 chunks wait already. */
  append(bytes: Uint8Array, lostPackets: number): boolean {
    const full = this.#waiting.length >= maxWaitingChunks;
    if (this.#failed || this.#ending || full || bytes.length === 0 || bytes.length > maxPayloadBytes) return false;
    this.#waiting.push({ type: 'audio', payload: bytes, lostPackets });
    this.#draining ??= this.#drain();
    return true;
  }

  /** Waits until what was taken is durable (or given up). */
  async idle(): Promise<void> {
    await this.#draining;
  }

  /** Adds the trailer; what is durable of a recording that failed, or that was cut off, becomes an interrupted one. Errors: HalError; the file then waits for salvage. */
  async seal(reason: string, keepMs?: number, cutOff = false, marks: ChosenMarks = {}): Promise<SealedRecording> {
    this.#ending = true;
    await this.#draining;
    const trailer = { ...this.#trailer(reason, keepMs, cutOff), ...marks };
    try {
      await this.#commit([{ type: 'trailer', payload: encodeRecord(trailer), lostPackets: 0 }], 'seal');
    } finally {
      await this.#writer.close();
    }
    return { path: this.#writer.path, facts: this.facts, trailer };
  }

  /** Removes the file. Errors: HalError. */
  async discard(): Promise<void> {
    this.#ending = true;
    await this.#draining;
    await this.#writer.close();
    await this.#plan.storage.remove(this.#writer.path);
    await this.#plan.storage.syncDirectory(this.#plan.folder);
  }

  get #writer(): LogWriter {
    if (this.#log === null) throw new HalError('io', this.facts.id, 'the copy of a recording did not become one of this unit');
    return this.#log;
  }

  async #goOn(adopted: Promise<AdoptedLog>): Promise<void> {
    try {
      const { writer, hash, lostPackets } = await adopted;
      [this.#log, this.#hash, this.#lostPackets] = [writer, hash, lostPackets];
    } catch (error) {
      this.#fail(error);
    }
    await this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#failed) {
      const batch = [...this.#waiting];
      try {
        await this.#commit(batch, 'append');
        this.#release(batch);
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#draining = null;
  }

  #release(batch: readonly FrameBody[]): void {
    this.#waiting.splice(0, batch.length);
    for (const chunk of batch) {
      this.#hash.update(chunk.payload);
      this.#lostPackets += chunk.lostPackets;
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof HalError)) throw error;
    this.#failed = true;
    this.#waiting.length = 0;
    const facts = { id: this.facts.id, mailbox: this.facts.mailbox, savedMs: audioMs(this.durableBytes) };
    this.#plan.log.write('alert', 'recording-failed', `A recording was cut short: ${error.message}`, facts);
  }

  async #commit(frames: readonly FrameBody[], step: Step): Promise<void> {
    try {
      await write(this.#writer, frames, step);
    } catch (error) {
      if (!this.#writer.dead || this.#rewrites >= maxRewrites) throw error;
      await this.#rewrite(frames, step);
    }
  }

  async #rewrite(frames: readonly FrameBody[], step: Step): Promise<void> {
    const { storage, log } = this.#plan;
    const dead = this.#writer;
    this.#rewrites++;
    log.write('alert', 'recording-moved', 'The disk refused a recording; it goes on in a fresh file.', { id: this.facts.id, path: dead.path });
    this.#log = await freshLog(this.#plan, `${this.facts.id}.${this.#rewrites}.rec`, async (fresh) => {
      await copyDurable(storage, dead, fresh);
      await write(fresh, frames, step);
    });
    await dead.close();
    await storage.remove(dead.path).catch((error: unknown) => log.write('warning', 'file-left', String(error), { path: dead.path }));
  }

  #trailer(reason: string, keepMs: number | undefined, cutOff: boolean): RecordingTrailer {
    const bytes = this.#writer.durable.position;
    const keepBytes = keepMs === undefined ? bytes : Math.min(bytes, Math.max(0, Math.round(keepMs * bytesPerMs)));
    return {
      durationMs: audioMs(keepBytes),
      sha256: this.#hash.digest('hex'),
      reason: this.#failed ? 'store-failed' : reason,
      interrupted: this.#failed || cutOff,
      keepBytes,
      lostPackets: this.#lostPackets,
    };
  }
}

const write = (log: LogWriter, frames: readonly FrameBody[], step: Step): Promise<void> => {
  const [last] = frames;
  return step === 'seal' && last !== undefined ? log.seal(last) : log.append(frames);
};

/** A new log whose name and first content are durable; nothing is left of it when that fails. */
async function freshLog(plan: RecordingPlan, name: string, fill: (log: LogWriter) => Promise<void>): Promise<LogWriter> {
  const { storage, folder } = plan;
  const path = `${folder}/${name}`;
  const [salt = 0] = new Uint32Array(plan.random.bytes(4).slice().buffer);
  let log: LogWriter | null = null;
  try {
    log = await LogWriter.create(storage, path, plan.reserve, salt);
    await fill(log);
    await storage.syncDirectory(folder);
    return log;
  } catch (error) {
    await log?.close();
    await storage.remove(path).catch(() => undefined);
    throw error;
  }
}

/** Copies what a sync had covered. Errors: io when it can no longer be read. */
async function copyDurable(storage: Storage, from: LogWriter, to: LogWriter): Promise<void> {
  const file = await storage.open(from.path, 'read');
  try {
    const cursor = await LogCursor.open(file);
    while (cursor !== null && cursor.place.sequence < from.durable.sequence) {
      const frame = await cursor.next();
      if (frame === null) break;
      await to.append([frame]);
    }
  } finally {
    await file.close();
  }
  if (to.durable.sequence < from.durable.sequence) throw new HalError('io', from.path, 'what was stored can no longer be read');
}

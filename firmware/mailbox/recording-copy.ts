import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage, StorageFile } from '../../hal/storage.ts';
import type { FrameBody } from './frame.ts';
import { encodeFileHeader, encodeFrame, fileHeaderBytes, frameBytes, maxPayloadBytes } from './frame.ts';
import type { LogPlace } from './log-cursor.ts';
import { LogWriter } from './log-writer.ts';
import { followFolder, newFolder } from './mailbox-paths.ts';
import type { RecordingFacts } from './recording.ts';
import { encodeRecord } from './recording.ts';

export interface CopyPlan {
  readonly storage: Storage;
  readonly random: Random;
  readonly facts: RecordingFacts;
  /** Bytes set aside on the disk at the start, see reserveBytes: a recording that goes on here must not meet a full disk. */
  readonly reserve: number;
  /** Resolves when the folder of copies is there. */
  readonly ready: () => Promise<void>;
}

/** A copy that has become a recording of this unit: its log, durable under a name in `new/`, and what was counted so far. */
export interface AdoptedLog {
  readonly writer: LogWriter;
  readonly hash: Hash;
  readonly lostPackets: number;
}

/** Audio that waits for the disk, beyond which a chunk is refused: 16 s. */
const maxWaitingBytes = 2 * maxPayloadBytes;

/**
 * A recording of the partner as it grows there, in `follow/<id>.<salt>.part`: the same framed log, written without a sync, since the partner has
 * every byte of it on its own disk. Only when this unit goes on with it is it synced and renamed into `new/`.
 */
export class RecordingCopy {
  readonly facts: RecordingFacts;
  readonly #plan: CopyPlan;
  readonly #salt: number;
  readonly #hash = createHash('sha256');
  readonly #waiting: FrameBody[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #lostPackets = 0;
  #file: StorageFile | null = null;
  #place: LogPlace = { offset: fileHeaderBytes, sequence: 0, position: 0 };
  #work: Promise<void>;
  #error: HalError | null = null;
  #over = false;

  constructor(plan: CopyPlan) {
    this.#plan = plan;
    this.facts = plan.facts;
    this.#salt = new Uint32Array(plan.random.bytes(4).slice().buffer)[0] ?? 0;
    this.#work = this.#begin().catch((error: unknown) => this.#fail(error));
  }

  /** Of audio that was taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What the disk said; such a copy is of no use any more. */
  get error(): HalError | null {
    return this.#error;
  }

  /** Takes ownership of `bytes`. False when they were not taken: failed, over, or too much waits for the disk. */
  append(bytes: Uint8Array, lostPackets: number): boolean {
    if (this.#error !== null || this.#over || bytes.length === 0 || bytes.length > maxPayloadBytes) return false;
    if (this.#waitingBytes + bytes.length > maxWaitingBytes) return false;
    this.#waiting.push({ type: 'audio', payload: bytes, lostPackets });
    this.#waitingBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#waiting.length === 1) this.#queue(() => this.#drain());
    return true;
  }

  /** It goes on here: resolves when it is durable as a recording in progress. Nothing is appended any more. Errors: HalError. */
  async adopt(): Promise<AdoptedLog> {
    this.#over = true;
    await this.#work;
    if (this.#error !== null || this.#file === null) throw this.#error ?? new HalError('closed', this.#path, 'no such copy');
    const { storage, facts } = this.#plan;
    await this.#file.dataSync();
    const path = await freeName(storage, facts.id);
    await storage.rename(this.#path, path);
    await storage.syncDirectory(newFolder);
    await this.#close();
    const writer = await LogWriter.goOn(storage, path, this.#salt, this.#place);
    return { writer, hash: this.#hash, lostPackets: this.#lostPackets };
  }

  /** The partner needs it no more, or nobody does. Never rejects: what is left of it goes at the next start. */
  async drop(): Promise<void> {
    this.#over = true;
    await this.#work;
    await this.#close();
    await this.#plan.storage.remove(this.#path).catch(() => undefined);
  }

  get #path(): string {
    return `${followFolder}/${this.facts.id}.${this.#salt.toString(16)}.part`;
  }

  async #begin(): Promise<void> {
    const { storage, facts, reserve, ready } = this.#plan;
    await ready();
    this.#file = await storage.open(this.#path, 'create');
    await this.#file.allocate(reserve);
    await this.#file.write(encodeFileHeader(this.#salt), 0);
    await this.#write({ type: 'facts', payload: encodeRecord(facts), lostPackets: 0 });
  }

  async #drain(): Promise<void> {
    for (let chunk = this.#waiting[0]; chunk !== undefined && this.#error === null; chunk = this.#waiting[0]) {
      await this.#write(chunk);
      this.#hash.update(chunk.payload);
      this.#lostPackets += chunk.lostPackets;
      this.#waiting.shift();
      this.#waitingBytes -= chunk.payload.length;
    }
  }

  async #write(frame: FrameBody): Promise<void> {
    const { offset, sequence, position } = this.#place;
    const bytes = new Uint8Array(frameBytes(frame.payload.length));
    encodeFrame(frame, { sequence, position }, this.#salt, bytes, 0);
    await this.#file?.write(bytes, offset);
    this.#place = { offset: offset + bytes.length, sequence: sequence + 1, position: position + (frame.type === 'audio' ? frame.payload.length : 0) };
  }

  #queue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (!(error instanceof HalError)) throw error;
    this.#error ??= error;
    this.#waiting.length = 0;
  }

  async #close(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    this.#file = null;
  }
}

/** This unit may still have an older, shorter log of the same recording, which it gave away: salvage takes the longest of an id. */
async function freeName(storage: Storage, id: string): Promise<string> {
  for (let nth = 0; nth < 10; nth++) {
    const path = `${newFolder}/${id}.${nth === 0 ? '' : `${nth}.`}rec`;
    if ((await storage.stat(path)) === null) return path;
  }
  throw new HalError('already-exists', `${newFolder}/${id}.rec`, 'ten logs of one recording');
}

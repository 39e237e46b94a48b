import type { Clock } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Random } from '../../../hal/random.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import type { CodecName } from '../../media/media-protocol.ts';
import type { Folders } from '../folders.ts';
import { reserveBytes } from '../log-writer.ts';
import { bytesPerMs } from '../recording.ts';
import { RecordingWriter } from '../recording-writer.ts';
import type { SealedRecording } from '../recording-writer.ts';
import type { UuidV7 } from '../uuidv7.ts';
import { JoinedAudio } from './joined-audio.ts';

export const draftsFolder = 'drafts';
/** Pauses that a caller makes while recording one message. */
export const maxPieces = 20;

export interface DraftsParts {
  readonly storage: Storage;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ids: UuidV7;
  /** Longest draft, seconds. */
  readonly maxSec: () => number;
}

/** A piece being recorded. `append` and `failed` as in MessageWriter. */
export interface DraftPiece {
  append(bytes: Uint8Array, lostPackets: number): boolean;
  readonly failed: boolean;
  /** Durable when it resolves. Errors: HalError, and nothing is left of the piece. */
  finish(keepMs: number): Promise<void>;
  abandon(): Promise<void>;
}

interface Draft {
  readonly pieces: SealedRecording[];
  recording: RecordingWriter | null;
}

/**
 * What owners record in a call and have not sent yet: `drafts/<id>.rec`, one file for each stretch between two pauses. A draft belongs to its
 * call and goes with it; start-up removes what a power cut has left, because nobody was told that it was kept.
 */
export class Drafts {
  readonly #parts: DraftsParts;
  readonly #drafts = new Map<string, Draft>();

  constructor(parts: DraftsParts) {
    this.#parts = parts;
  }

  /** Errors: HalError. */
  async open(): Promise<void> {
    const { storage, folders } = this.#parts;
    await folders.ensure(draftsFolder);
    const left = await storage.list(draftsFolder);
    for (const name of left) await storage.remove(`${draftsFolder}/${name}`);
    if (left.length > 0) await storage.syncDirectory(draftsFolder);
  }

  /** Goes on with the draft of the call, or begins it. Errors: HalError no-space (also: too many pieces), read-only, io. */
  async begin(call: string, codec: CodecName): Promise<DraftPiece> {
    const { storage, clock, random, log, ids, maxSec } = this.#parts;
    const draft = this.#draftOf(call);
    if (draft.recording !== null || draft.pieces.length >= maxPieces) throw new HalError('no-space', draftsFolder, `a draft has ${maxPieces} pieces at most, one at a time`);
    const facts = { kind: 'draft' as const, id: ids.next(), mailbox: '0', callerNumber: '', callerName: '', startedMs: clock.wall(), reason: 'default' as const, codec };
    const leftMs = Math.max(1000, maxSec() * 1000 - this.durationMs(call));
    const writer = await RecordingWriter.begin({ storage, random, log, folder: draftsFolder, facts, reserve: reserveBytes(leftMs * bytesPerMs) });
    draft.recording = writer;
    return {
      append: (bytes, lostPackets) => writer.append(bytes, lostPackets),
      get failed() {
        return writer.failed;
      },
      finish: (keepMs) => this.#finish(draft, writer, keepMs),
      abandon: () => this.#abandon(draft, writer),
    };
  }

  durationMs(call: string): number {
    return this.piecesOf(call).reduce((sum, { trailer }) => sum + trailer.durationMs, 0);
  }

  /** Finished, in the order of their recording. */
  piecesOf(call: string): readonly SealedRecording[] {
    return this.#drafts.get(call)?.pieces ?? [];
  }

  /** What was recorded so far; null = nothing. Errors: HalError. */
  async audio(call: string): Promise<JoinedAudio | null> {
    const pieces = this.piecesOf(call);
    return pieces.length === 0 ? null : JoinedAudio.open(this.#parts.storage, pieces.map(pieceOf));
  }

  /** The draft is not wanted any more, or was sent. Files that stay go at the next start. */
  async drop(call: string): Promise<void> {
    const draft = this.#drafts.get(call);
    if (draft === undefined) return;
    this.#drafts.delete(call);
    try {
      await draft.recording?.discard();
      for (const { path } of draft.pieces) await this.#parts.storage.remove(path);
      await this.#parts.storage.syncDirectory(draftsFolder);
    } catch (error) {
      this.#parts.log.write('warning', 'file-left', String(error), { path: draftsFolder });
    }
  }

  #draftOf(call: string): Draft {
    const known = this.#drafts.get(call);
    if (known !== undefined) return known;
    const draft: Draft = { pieces: [], recording: null };
    this.#drafts.set(call, draft);
    return draft;
  }

  async #finish(draft: Draft, writer: RecordingWriter, keepMs: number): Promise<void> {
    draft.recording = null;
    const sealed = await writer.seal('draft', keepMs);
    draft.pieces.push(sealed);
  }

  async #abandon(draft: Draft, writer: RecordingWriter): Promise<void> {
    draft.recording = null;
    await writer.discard();
  }
}

export const pieceOf = ({ path, trailer }: SealedRecording): { readonly path: string; readonly bytes: number } => ({ path, bytes: trailer.keepBytes });

import { HalError } from '../../hal/errors.ts';
import type { AudioSource } from '../calls/media-channel.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { Shelved, ShelfParts, ShelfWriter } from './audio-shelf.ts';
import { AudioShelf } from './audio-shelf.ts';

/** Of all calls together; a flow that records in a loop is refused more. */
export const mostCallRecordings = 500;
export const mostCallRecordingMs = 60 * 60_000;

/** What callers record for their own call ($RES): there until the call ends, and gone after a restart. */
export class CallRecordings {
  readonly #shelf: AudioShelf;
  readonly #kept = new Map<string, Shelved>();
  #making = 0;

  private constructor(shelf: AudioShelf) {
    this.#shelf = shelf;
  }

  /** In `folder`, whose parent exists. Errors: HalError read-only, io. */
  static async open(parts: ShelfParts, folder: string): Promise<CallRecordings> {
    const shelf = new AudioShelf(parts, folder);
    await shelf.open(new Set());
    return new CallRecordings(shelf);
  }

  /** Errors: HalError too-large, no-space, read-only, io. */
  async begin(codec: CodecName): Promise<ShelfWriter> {
    if (this.#kept.size + this.#making >= mostCallRecordings) throw new HalError('too-large', 'recordings of calls', `there are ${mostCallRecordings} already`);
    this.#making += 1;
    const writer = await this.#shelf.begin(codec, mostCallRecordingMs).catch((error: unknown) => {
      this.#making -= 1;
      throw error;
    });
    return this.#counted(writer);
  }

  get(id: string): Shelved | null {
    return this.#kept.get(id) ?? null;
  }

  /** null = there is none by this id. Errors: HalError. */
  async source(id: string): Promise<AudioSource | null> {
    const recording = this.get(id);
    return recording === null ? null : this.#shelf.reader(recording);
  }

  /** As it lies here, to be copied elsewhere; null = there is none by this id. */
  taken(id: string): { readonly recording: Shelved; open(): Promise<AudioSource> } | null {
    const recording = this.get(id);
    return recording === null ? null : { recording, open: () => this.#shelf.reader(recording) };
  }

  async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (this.#kept.delete(id)) await this.#shelf.remove(id);
  }

  #counted(writer: ShelfWriter): ShelfWriter {
    const over = (): void => void (this.#making -= 1);
    return {
      append: (bytes, lostPackets) => writer.append(bytes, lostPackets),
      idle: () => writer.idle(),
      get failed() {
        return writer.failed;
      },
      finish: async (keepMs) => {
        const recording = await writer.finish(keepMs).finally(over);
        this.#kept.set(recording.id, recording);
        return recording;
      },
      abandon: () => writer.abandon().finally(over),
    };
  }
}

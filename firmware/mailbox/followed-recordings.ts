import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import { allowanceBytes } from './admission.ts';
import type { Folders } from './folders.ts';
import { followFolder, newFolder } from './mailbox-paths.ts';
import type { MessageFacts } from './message.ts';
import type { MessageWriter } from './message-store.ts';
import { RecordingCopy } from './recording-copy.ts';
import { RecordingTail } from './recording-tail.ts';
import { RecordingWriter } from './recording-writer.ts';

export interface FollowedParts {
  readonly storage: Storage;
  readonly random: Random;
  readonly log: Log;
  readonly folders: Folders;
  readonly settings: () => Settings['messages'];
  readonly takenFor?: () => string | null;
  /** Of a recording in progress; null = there is none of that id. */
  readonly writerOf: (id: string) => RecordingWriter | null;
  /** The recording counts as one in progress from now on. */
  readonly run: (mailbox: string, id: string, writer: RecordingWriter) => MessageWriter;
}

/** A copy that goes on here. */
export interface AdoptedRecording {
  readonly writer: MessageWriter;
  /** Resolves with the audio bytes that came with it, when they are durable here; null: the disk refused. Never rejects. */
  readonly durable: Promise<number | null>;
}

/** Recordings of calls that go on at the partner: those of this unit, read while they grow, and copies of those that the partner makes. */
export class FollowedRecordings {
  readonly #parts: FollowedParts;

  constructor(parts: FollowedParts) {
    this.#parts = parts;
  }

  /** Once, before anything is copied: what an earlier run copied, the partner has. Errors: HalError. */
  async open(): Promise<void> {
    const { storage } = this.#parts;
    if ((await storage.stat(followFolder)) === null) return;
    for (const name of await storage.list(followFolder)) await storage.remove(`${followFolder}/${name}`);
  }

  /** Begins a copy of the recording `id` of the partner. The message is the partner's, if this unit stands in for it. */
  copy(id: string, facts: MessageFacts): RecordingCopy {
    const { storage, random, folders, settings } = this.#parts;
    const takenFor = this.#parts.takenFor?.() ?? facts.takenFor;
    return new RecordingCopy({
      storage, random,
      facts: { kind: 'message', id, ...facts, ...(takenFor === undefined ? {} : { takenFor }) },
      reserve: allowanceBytes(settings()),
      ready: () => folders.ensure(followFolder),
    });
  }

  /** The copy becomes a recording of this unit, under the same id, and grows at once. */
  adopt(copy: RecordingCopy): AdoptedRecording {
    const { storage, random, log, settings, run } = this.#parts;
    const { facts, bytes } = copy;
    const adopted = copy.adopt();
    const writer = RecordingWriter.adopt({ storage, random, log, folder: newFolder, facts, reserve: allowanceBytes(settings()) }, adopted);
    return { writer: run(facts.mailbox, facts.id, writer), durable: adopted.then(() => bytes, () => null) };
  }

  /** The audio of a recording in progress from byte `from` on; null = there is no such recording. */
  tail(id: string, from: number): RecordingTail | null {
    const { storage, writerOf } = this.#parts;
    return writerOf(id) === null ? null : new RecordingTail(storage, () => writerOf(id)?.path, from);
  }
}

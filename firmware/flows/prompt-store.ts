import * as v from 'valibot';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import { namePattern } from '../callflow/document/flow-document.ts';
import type { AudioSource } from '../calls/media-channel.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import { SlotAdapter } from '../mailbox/slot-adapter.ts';
import { audioMs, codecs, idPattern } from '../mailbox/recording.ts';
import { Serial } from '../mailbox/serial.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { Shelved, ShelfParts, ShelfWriter } from './audio-shelf.ts';
import { AudioShelf } from './audio-shelf.ts';
import { makeFolder } from './make-folder.ts';

export const mostPrompts = 500;
/** The longest prompt. */
export const mostPromptMs = 5 * 60_000;

export const shelvedSchema = v.strictObject({ id: v.pipe(v.string(), v.regex(idPattern)), codec: v.picklist(codecs), bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });
const schema = v.strictObject({ version: v.literal(1), prompts: v.record(v.pipe(v.string(), v.regex(namePattern)), shelvedSchema) });
type Stored = v.InferOutput<typeof schema>;

/** A prompt of the site, for people. */
export interface PromptFacts {
  readonly name: string;
  readonly durationMs: number;
}

/**
 * Recorded prompts of the site, by name. Which recording is a name's stands in one document, so a power cut leaves the old one or the new one,
 * never none:
 *
 *   record ── finish (file durable) ── commit (document durable) ── the old file goes
 */
export class PromptStore {
  /** Told when another recording (or none) has come in force. */
  changed: ((name: string) => void) | null = null;
  readonly #shelf: AudioShelf;
  readonly #document: Document<Stored>;
  readonly #serial = new Serial();
  /** Recorded by telephone and neither in force nor dropped yet, by id: one for each call that records at most. */
  readonly #pending = new Map<string, Shelved>();

  private constructor(shelf: AudioShelf, document: Document<Stored>) {
    this.#shelf = shelf;
    this.#document = document;
  }

  /** In `folder`, whose parent exists. Errors: HalError read-only, io. */
  static async open(parts: ShelfParts, folder: string): Promise<PromptStore> {
    const { storage, log } = parts;
    const shelf = new AudioShelf(parts, `${folder}/audio`);
    await makeFolder(storage, folder);
    const document = await openDocument<Stored>(storage, `${folder}/index`, { version: 1, prompts: {} }, (found) => v.parse(schema, found), log);
    const kept = new Set(Object.values(document.state.prompts).map(({ id }) => id));
    const found = await shelf.open(document.origin === 'damaged' ? null : kept);
    for (const [name, { id }] of Object.entries(document.state.prompts)) {
      if (!found.has(id)) log.write('error', 'prompt-missing', `The recording of the prompt "${name}" is gone; record or put it again.`, { name });
    }
    return new PromptStore(shelf, document);
  }

  /** What `open` would have, read without writing a byte: beside a unit that runs. Errors: HalError io. */
  static async view(storage: Storage, folder: string): Promise<readonly PromptFacts[]> {
    const found = await new SlotAdapter<unknown>(storage, `${folder}/index`).read();
    const prompts: Stored['prompts'] = found === null ? {} : v.parse(schema, found).prompts;
    return Object.entries(prompts).map(([name, { bytes }]) => ({ name, durationMs: audioMs(bytes) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  current(name: string): Shelved | null {
    return Object.hasOwn(this.#document.state.prompts, name) ? (this.#document.state.prompts[name] as Shelved) : null;
  }

  names(): readonly string[] {
    return Object.keys(this.#document.state.prompts).sort();
  }

  list(): readonly PromptFacts[] {
    return this.names().map((name) => ({ name, durationMs: audioMs(this.current(name)?.bytes ?? 0) }));
  }

  /** null = there is none, or it cannot be read. */
  async source(name: string): Promise<AudioSource | null> {
    const prompt = this.current(name);
    return prompt === null ? null : this.#shelf.reader(prompt);
  }

  /** Errors: HalError too-large (no name, or too many), no-space, read-only, io. */
  async begin(name: string, codec: CodecName): Promise<ShelfWriter> {
    this.#refuse(name);
    const writer = await this.#shelf.begin(codec, mostPromptMs);
    return {
      append: (bytes, lostPackets) => writer.append(bytes, lostPackets),
      idle: () => writer.idle(),
      get failed() {
        return writer.failed;
      },
      finish: async (keepMs) => {
        const recording = await writer.finish(keepMs);
        this.#pending.set(recording.id, recording);
        return recording;
      },
      abandon: () => writer.abandon(),
    };
  }

  /** What was recorded by telephone and is not in force yet; null = there is none by this id. Errors: HalError. */
  async pendingSource(id: string): Promise<AudioSource | null> {
    const recording = this.#pending.get(id);
    return recording === undefined ? null : this.#shelf.reader(recording);
  }

  /** Finished and not yet in force, under the id that it has elsewhere. Errors: HalError, those of `audio`. */
  async prepare(name: string, recording: Shelved, audio: AsyncIterable<Uint8Array>): Promise<Shelved> {
    this.#refuse(name, recording.bytes);
    return this.#shelf.put(recording, audio);
  }

  /** In force when it resolves. Errors: HalError, those of `audio`. */
  async put(name: string, codec: CodecName, bytes: number, audio: AsyncIterable<Uint8Array>): Promise<void> {
    this.#refuse(name, bytes);
    await this.commit(name, await this.#shelf.putNew(codec, bytes, audio));
  }

  /** Puts a finished recording in force; the one before it is removed. Errors: HalError. */
  commit(name: string, recording: Shelved): Promise<void> {
    return this.#replace(name, recording);
  }

  /** Whether there was one. Errors: HalError. */
  async remove(name: string): Promise<boolean> {
    if (this.current(name) === null) return false;
    await this.#replace(name, null);
    return true;
  }

  /** Removes a finished recording that is not wanted. */
  async discard(name: string, id: string): Promise<void> {
    this.#pending.delete(id);
    if (this.current(name)?.id !== id) await this.#shelf.remove(id);
  }

  reader(recording: Shelved): Promise<AudioSource> {
    return this.#shelf.reader(recording);
  }

  #refuse(name: string, bytes = 0): void {
    if (!namePattern.test(name)) throw new HalError('too-large', name.slice(0, 70), 'a prompt has a name of at most 64 letters, digits, spaces, dots, dashes and underscores');
    if (audioMs(bytes) > mostPromptMs) throw new HalError('too-large', name, `a prompt lasts ${mostPromptMs / 60_000} minutes at most`);
    if (this.current(name) === null && this.names().length >= mostPrompts) throw new HalError('too-large', name, `there are ${mostPrompts} prompts already: remove one`);
  }

  #replace(name: string, recording: Shelved | null): Promise<void> {
    return this.#serial.run(async () => {
      const before = this.current(name);
      await this.#document.change(({ prompts }) => {
        if (recording === null) delete prompts[name];
        else prompts[name] = recording;
      });
      if (recording !== null) this.#pending.delete(recording.id);
      this.changed?.(name);
      if (before !== null && before.id !== recording?.id) await this.#shelf.remove(before.id);
    });
  }
}

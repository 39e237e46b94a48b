import { namePattern } from '../../callflow/document/flow-document.ts';
import type { PromptStore } from '../../flows/prompt-store.ts';
import type { Chunks } from '../blob-store.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Contents, Prepared, SiteSource } from '../site-source.ts';
import { audioChunks, heardOut, isRecording, readAudio } from './audio-content.ts';

const area = 'prompt/';

/** Recorded prompts of call flows: `prompt/<name>`. */
export class PromptSource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly #store: PromptStore;

  constructor(store: PromptStore) {
    this.#store = store;
    store.changed = (name) => this.changed?.(area + name);
  }

  owns(name: string): boolean {
    return named(name) !== null;
  }

  names(): readonly string[] {
    return this.#store.names().map((name) => area + name);
  }

  async is(name: string, value: Value, contents: Contents): Promise<boolean | null> {
    const current = this.#store.current(named(name) ?? '');
    return current === null ? false : isRecording(contents, value.sha256, current.id);
  }

  read(name: string): Chunks | null {
    const current = this.#store.current(named(name) ?? '');
    return current === null ? null : audioChunks(name, current, () => this.#store.reader(current));
  }

  async prepare(name: string, content: Chunks | null): Promise<Prepared> {
    const prompt = named(name);
    if (prompt === null) throw new SiteError('malformed', `${name} names no prompt`);
    if (content === null) return { commit: async () => void (await this.#store.remove(prompt)), discard: async () => undefined };
    const { id, codec, bytes, audio } = await readAudio(name, content);
    if (this.#store.current(prompt)?.id === id) {
      await heardOut(audio);
      return { commit: async () => undefined, discard: async () => undefined };
    }
    const recording = await this.#store.prepare(prompt, { id, codec, bytes }, audio);
    return { commit: () => this.#store.commit(prompt, recording), discard: () => this.#store.discard(prompt, id) };
  }
}

function named(name: string): string | null {
  const prompt = name.startsWith(area) ? name.slice(area.length) : '';
  return namePattern.test(prompt) ? prompt : null;
}

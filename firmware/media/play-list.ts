/** The items of what plays, those that can be played, one after the other. */
import type { PlayItem } from './media-protocol.ts';
import type { PromptBank } from './prompt-bank.ts';

/** A list longer than this is cut: control composes announcements, a few dozen items at most. */
export const maxItems = 256;

export class PlayList {
  readonly #bank: PromptBank;
  #items: readonly PlayItem[] = [];
  #next = 0;
  #missing: readonly string[] = [];
  /** µ-law of what plays, by prompt: got when it begins, since the bank may have to read. */
  readonly #voices = new Map<string, Uint8Array>();

  constructor(bank: PromptBank) {
    this.#bank = bank;
  }

  begin(items: readonly PlayItem[]): void {
    const missing = items.filter((item) => item.kind === 'prompt' && !this.#fetch(item.id));
    this.#missing = missing.map((item) => (item.kind === 'prompt' ? item.id : ''));
    this.#items = items.filter((item) => !missing.includes(item)).slice(0, maxItems);
    this.#next = 0;
  }

  end(): void {
    this.#items = [];
    this.#voices.clear();
  }

  /** Prompts that the bank does not have; also after the end. */
  get missing(): readonly string[] {
    return this.#missing;
  }

  /** undefined = none is left. */
  take(): PlayItem | undefined {
    const item = this.#items[this.#next];
    if (item !== undefined) this.#next++;
    return item;
  }

  /** The next stream item, the one that `take` will meet first. */
  get nextStream(): Extract<PlayItem, { kind: 'stream' }> | null {
    for (let at = this.#next; at < this.#items.length; at++) {
      const item = this.#items[at];
      if (item?.kind === 'stream') return item;
    }
    return null;
  }

  voice(id: string): Uint8Array {
    return this.#voices.get(id) ?? new Uint8Array(0);
  }

  #fetch(id: string): boolean {
    const prompt = this.#voices.has(id) ? null : this.#bank.get(id);
    if (prompt !== null) this.#voices.set(id, prompt.ulaw);
    return this.#voices.has(id);
  }
}

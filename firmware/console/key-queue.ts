import type { Key } from './keys.ts';

/** Keys that wait while a command runs. More than this is lost, and said so: nobody types so far ahead. */
export const mostWaiting = 65536;

/** First in, first out, bounded. */
export class KeyQueue {
  #keys: Key[] = [];
  #next = 0;
  /** Keys refused since `takeLost`. */
  #lost = 0;

  get size(): number {
    return this.#keys.length - this.#next;
  }

  push(key: Key): void {
    if (this.size < mostWaiting) this.#keys.push(key);
    else this.#lost += 1;
  }

  shift(): Key | null {
    const key = this.#keys[this.#next] ?? null;
    if (key !== null) this.#next += 1;
    if (this.#next === this.#keys.length) this.clear();
    return key;
  }

  clear(): void {
    this.#keys = [];
    this.#next = 0;
  }

  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }
}

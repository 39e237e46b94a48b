import type { Log, Severity } from '../../log.ts';

/** Messages whose trouble is remembered; beyond it the oldest may be told again. */
const maxKnown = 1000;

/** Tells of a trouble when it begins and when it changes, not at each try. */
export class OnceLog {
  /** What was told last and is not over. */
  last: string | null = null;
  readonly #log: Log;
  readonly #known = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  get size(): number {
    return this.#known.size;
  }

  /** `message` null: it concerns all of them. */
  tell(event: string, message: { readonly mailbox: string; readonly id: string } | null, text: string, severity: Severity = 'warning'): void {
    const key = message?.id ?? '';
    this.last = text;
    if (this.#known.get(key) === text) return;
    this.#known.set(key, text);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
    this.#log.write(severity, event, text, message === null ? {} : { mailbox: message.mailbox, id: message.id });
  }

  /** It is over, for one message or for what concerned all ('' ). */
  clear(key: string): void {
    if (this.#known.delete(key)) this.last = [...this.#known.values()].at(-1) ?? null;
  }

  clearAll(): void {
    this.#known.clear();
    this.last = null;
  }
}

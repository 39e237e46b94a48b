import { endMark } from './initramfs.ts';

const shownLines = 40;

export type GuestResult = { readonly name: string; readonly value: unknown } | { readonly name: string; readonly failed: string };

/** What a program in the guest reported, and what the machine said. */
export class GuestRun {
  /** From power-on to power-off, in milliseconds of the host. */
  readonly tookMs: number;
  readonly #results = new Map<string, GuestResult>();
  readonly #console: string;
  readonly #trouble: string | null;

  constructor(results: string, consoleText: string, late: string | null, tookMs: number) {
    this.tookMs = tookMs;
    this.#console = consoleText.trimEnd().split('\n').slice(-shownLines).join('\n');
    let end: string | null = null;
    for (const line of results.split('\n').map((text) => text.trim()).filter((text) => text !== '')) {
      if (line.startsWith(endMark)) end = line.slice(endMark.length).trim();
      else this.#take(line);
    }
    this.#trouble = late ?? (end === null ? 'the guest ended before its program' : end === '0' ? null : `the program in the guest ended with code ${end}`);
  }

  /** The value reported under `name`. Errors: it was not reported, or what failed in its place; with the console's last lines. */
  value<T>(name: string): T {
    const result = this.#results.get(name);
    if (result === undefined) throw this.#error(`the guest did not report ${name}`);
    if ('failed' in result) throw this.#error(`${name}: ${result.failed}`);
    return result.value as T;
  }

  /** Errors: the program did not come to its own good end. */
  mustHaveEnded(): void {
    if (this.#trouble !== null) throw this.#error(this.#trouble);
  }

  #take(line: string): void {
    try {
      const result = JSON.parse(line) as GuestResult;
      this.#results.set(result.name, result);
    } catch {
      this.#results.set('results', { name: 'results', failed: `not a result: ${line.slice(0, 200)}` });
    }
  }

  #error(text: string): Error {
    const trouble = this.#trouble === null ? '' : ` (${this.#trouble})`;
    return new Error(`${text}${trouble}\nthe end of the guest's console:\n${this.#console}`);
  }
}

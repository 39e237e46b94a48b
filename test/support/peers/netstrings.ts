/** One netstring: the length in bytes, a colon, the text, a comma. */
export function netstring(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}

/** Takes a stream of netstrings apart, however it was cut. */
export class NetstringReader {
  #rest = Buffer.alloc(0);

  /** The texts that `bytes` completed. Errors: what came is no netstring. */
  take(bytes: Uint8Array): string[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const texts: string[] = [];
    for (let text = this.#next(); text !== null; text = this.#next()) texts.push(text);
    return texts;
  }

  #next(): string | null {
    const colon = this.#rest.indexOf(':');
    if (colon < 0) return null;
    const length = Number(this.#rest.toString('latin1', 0, colon));
    if (!Number.isInteger(length)) throw new Error(`no netstring: ${this.#rest.toString('utf8', 0, 80)}`);
    const end = colon + 1 + length;
    if (this.#rest.length <= end) return null;
    const text = this.#rest.toString('utf8', colon + 1, end);
    this.#rest = this.#rest.subarray(end + 1);
    return text;
  }
}

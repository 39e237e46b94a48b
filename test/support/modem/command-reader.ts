/** A longer line is an error. */
const limit = 256;

/** Gathers command lines as ITU-T V.250, 5.2 says: everything before AT is passed over, CR ends a line, BS takes back. */
export class CommandReader {
  #text = '';
  #last = '';

  /** What followed AT, once the line is whole; 'too-long' instead of it; null while there is none. */
  push(byte: number): string | null {
    if (byte === 0x0d) return this.#end();
    if (byte === 0x08) this.#text = this.#text.slice(0, -1);
    else if (byte >= 0x20 && byte < 0x7f && this.#text.length <= limit) this.#text += String.fromCharCode(byte);
    if (/A\/$/i.test(this.#text) && !/AT/i.test(this.#text)) {
      this.#text = '';
      return this.#last;
    }
    return null;
  }

  clear(): void {
    this.#text = '';
  }

  #end(): string | null {
    const text = this.#text;
    this.#text = '';
    const start = text.search(/AT/i);
    if (start < 0) return null;
    if (text.length > limit) return 'too-long';
    this.#last = text.slice(start + 2);
    return this.#last;
  }
}

/** Longer lines than a modem has; the rest of such a one is dropped. */
export const longestLine = 200;

/** Makes lines of the bytes of command states. Carriage return and line feed both end one; empty lines are none. */
export class TextLines {
  readonly #line: (text: string) => void;
  readonly #bytes = new Uint8Array(longestLine);
  #length = 0;

  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  feed(byte: number): void {
    if (byte === 0x0d || byte === 0x0a) this.#end();
    else if (byte >= 0x20 && this.#length < longestLine) this.#bytes[this.#length++] = byte;
  }

  reset(): void {
    this.#length = 0;
  }

  #end(): void {
    const text = String.fromCharCode(...this.#bytes.subarray(0, this.#length)).trim();
    this.#length = 0;
    if (text !== '') this.#line(text);
  }
}

import { packText, unpackText } from './packed-text.ts';

/** Numbers and texts one behind the other in a string of characters below 256, which has one octet of memory for each. */
export class PackedWriter {
  readonly #codes: number[] = [];

  /** Seven bits a character, the lowest first; 0 = null, 1 = a text of it follows, else two more than it is. */
  number(value: number | null): this {
    if (value === null) return this.#varint(0);
    if (Number.isSafeInteger(value) && value >= 0 && value < Number.MAX_SAFE_INTEGER - 2) return this.#varint(value + 2);
    return this.#varint(1).text(String(value));
  }

  /** Its length and one more, 0 = null; then the text, packed. */
  text(value: string | null): this {
    if (value === null) return this.#varint(0);
    const packed = packText(value);
    this.#varint(packed.length + 1);
    for (let at = 0; at < packed.length; at++) this.#codes.push(packed.charCodeAt(at));
    return this;
  }

  /** In one piece of memory: what is put together with + is a tree of strings. */
  whole(): string {
    return Buffer.from(this.#codes).toString('latin1');
  }

  #varint(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#codes.push((rest % 0x80) | 0x80);
    this.#codes.push(rest);
    return this;
  }
}

/** Of what a PackedWriter wrote, in the same order. */
export class PackedReader {
  readonly #packed: string;
  at: number;

  constructor(packed: string, at = 0) {
    this.#packed = packed;
    this.at = at;
  }

  number(): number | null {
    const value = this.#varint();
    return value >= 2 ? value - 2 : value === 0 ? null : Number(this.text());
  }

  text(): string | null {
    const length = this.#varint() - 1;
    if (length < 0) return null;
    this.at += length;
    return unpackText(this.#packed.slice(this.at - length, this.at));
  }

  skipText(): void {
    const length = this.#varint() - 1;
    this.at += Math.max(0, length);
  }

  #varint(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const code = this.#packed.charCodeAt(this.at++);
      value += (code & 0x7f) * unit;
      // NaN behind the end: what is cut off is told by the sum of the file that it comes from.
      if (!(code >= 0x80)) return value;
    }
  }
}

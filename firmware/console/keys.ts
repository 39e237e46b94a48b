/** A key as line editing knows it. */
export type Key = { readonly kind: 'char'; readonly text: string } | { readonly kind: KeyName };

export type KeyName =
  | 'enter'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'up'
  | 'down'
  | 'kill-line'
  | 'kill-to-end'
  | 'kill-word'
  | 'interrupt'
  | 'end-of-input'
  | 'redraw';

const controls: Readonly<Record<number, KeyName>> = {
  0x01: 'home', // Ctrl-A
  0x02: 'left', // Ctrl-B
  0x03: 'interrupt', // Ctrl-C
  0x04: 'end-of-input', // Ctrl-D
  0x05: 'end', // Ctrl-E
  0x06: 'right', // Ctrl-F
  0x08: 'backspace', // Ctrl-H
  0x09: 'tab',
  0x0b: 'kill-to-end', // Ctrl-K
  0x0c: 'redraw', // Ctrl-L
  0x0e: 'down', // Ctrl-N
  0x10: 'up', // Ctrl-P
  0x15: 'kill-line', // Ctrl-U
  0x17: 'kill-word', // Ctrl-W
  0x7f: 'backspace',
};

/** What follows ESC [ or ESC O (ECMA-48 control sequences as terminals send them). */
const sequences: Readonly<Record<string, KeyName>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '3~': 'delete',
  '4~': 'end',
  '7~': 'home',
  '8~': 'end',
};

const escape = 0x1b;
/** A longer sequence is noise. */
const longestSequence = 16;

/**
 * Bytes of a terminal or serial line to keys. What is no key is dropped: unknown sequences, broken UTF-8, control and
 * direction-changing characters. Keeps at most `longestSequence` bytes between calls.
 */
export class KeyDecoder {
  #state: 'ground' | 'escape' | 'sequence' = 'ground';
  #sequence = '';
  /** Bytes of a UTF-8 character that is not whole yet, and how many it will have. */
  #partial: number[] = [];
  #wanted = 0;
  #afterReturn = false;

  feed(bytes: Uint8Array): Key[] {
    const keys: Key[] = [];
    for (const byte of bytes) {
      const key = this.#byte(byte);
      if (key !== null) keys.push(key);
    }
    return keys;
  }

  #byte(byte: number): Key | null {
    const afterReturn = this.#afterReturn;
    this.#afterReturn = byte === 0x0d;
    if (this.#state !== 'ground') return this.#escaped(byte);
    if (this.#partial.length > 0) {
      if ((byte & 0xc0) === 0x80) return this.#continued(byte);
      this.#partial = [];
    }
    if (byte === 0x0a && afterReturn) return null;
    return this.#fresh(byte);
  }

  #fresh(byte: number): Key | null {
    if (byte === escape) this.#state = 'escape';
    if (byte === 0x0d || byte === 0x0a) return { kind: 'enter' };
    if (byte < 0x20 || byte === 0x7f) return named(controls[byte]);
    if (byte < 0x80) return { kind: 'char', text: String.fromCharCode(byte) };
    this.#wanted = utf8Length(byte);
    this.#partial = this.#wanted === 0 ? [] : [byte];
    return null;
  }

  #continued(byte: number): Key | null {
    this.#partial.push(byte);
    if (this.#partial.length < this.#wanted) return null;
    const text = Buffer.from(this.#partial).toString('utf8');
    this.#partial = [];
    return /^[^\p{Cc}\p{Zl}\p{Zp}\ufffd\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]$/u.test(text) ? { kind: 'char', text } : null;
  }

  #escaped(byte: number): Key | null {
    if (this.#state === 'escape') {
      this.#state = byte === 0x5b || byte === 0x4f ? 'sequence' : 'ground';
      this.#sequence = '';
      return null;
    }
    this.#sequence += String.fromCharCode(byte);
    const ended = byte >= 0x40 && byte <= 0x7e;
    const noise = byte < 0x20 || byte > 0x7e || this.#sequence.length >= longestSequence;
    if (ended || noise) this.#state = 'ground';
    // A line end inside a broken sequence is still a line end.
    if (byte === 0x0d || byte === 0x0a) return { kind: 'enter' };
    return ended ? named(sequences[this.#sequence]) : null;
  }
}

function named(kind: KeyName | undefined): Key | null {
  return kind === undefined ? null : { kind };
}

/** Bytes of the character that a lead byte begins (RFC 3629); 0 for a byte that begins none. */
function utf8Length(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** HMAC-SHA256 (RFC 2104) cut to its leftmost 16 bytes; half of the output is the least that RFC 2104 section 5 advises. */
export const sealBytes = 16;
export const keyBytes = 32;

/** Proves that a beat was made by somebody who has the pair's key. */
export interface BeatSeal {
  /** Writes the seal of bytes[0..length) behind them. */
  seal(bytes: Uint8Array, length: number): void;
  /** Takes the same time whether the first byte differs or the last. */
  matches(bytes: Uint8Array, length: number): boolean;
}

/** About 5 microseconds a beat; the digest is what each beat allocates here. */
export class HmacSeal implements BeatSeal {
  readonly #key: KeyObject;

  /** Throws RangeError unless the key has 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== keyBytes) throw new RangeError(`the pair key has ${key.length} bytes in place of ${keyBytes}`);
    this.#key = createSecretKey(key);
  }

  seal(bytes: Uint8Array, length: number): void {
    bytes.set(this.#digest(bytes, length).subarray(0, sealBytes), length);
  }

  matches(bytes: Uint8Array, length: number): boolean {
    const right = this.#digest(bytes, length);
    let difference = 0;
    for (let at = 0; at < sealBytes; at++) difference |= (right[at] as number) ^ (bytes[length + at] as number);
    return difference === 0;
  }

  #digest(bytes: Uint8Array, length: number): Uint8Array {
    return createHmac('sha256', this.#key).update(bytes.subarray(0, length)).digest();
  }
}

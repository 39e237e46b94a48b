import { sealBytes, type BeatSeal } from '../../../firmware/failover/beat-seal.ts';

/** A keyed sum in place of the HMAC, for runs by the thousand: nobody forges beats in them. */
export class FastSeal implements BeatSeal {
  readonly #key: number;

  constructor(key: Uint8Array) {
    this.#key = new DataView(key.buffer, key.byteOffset).getUint32(0) ^ (key[31] as number);
  }

  seal(bytes: Uint8Array, length: number): void {
    const sum = this.#sum(bytes, length);
    for (let at = 0; at < sealBytes; at++) bytes[length + at] = sum >>> (8 * (at & 3));
  }

  matches(bytes: Uint8Array, length: number): boolean {
    const sum = this.#sum(bytes, length);
    for (let at = 0; at < sealBytes; at++) if (bytes[length + at] !== ((sum >>> (8 * (at & 3))) & 0xff)) return false;
    return true;
  }

  #sum(bytes: Uint8Array, length: number): number {
    let sum = 0x811c9dc5 ^ this.#key;
    for (let at = 0; at < length; at++) sum = Math.imul(sum ^ (bytes[at] as number), 0x01000193);
    return sum;
  }
}

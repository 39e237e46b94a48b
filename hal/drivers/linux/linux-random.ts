import { randomFillSync, randomInt } from 'node:crypto';
import type { Random } from '../../random.ts';

/** Fetched at once: each fetch is a job for OpenSSL, which costs more than the octets. */
const stockBytes = 1024;

/** The kernel's CSPRNG through OpenSSL. What has been handed out is wiped from the stock. */
export class LinuxRandom implements Random {
  readonly #stock = new Uint8Array(stockBytes);
  #at = stockBytes;

  bytes(count: number): Uint8Array {
    if (count > stockBytes) return randomFillSync(new Uint8Array(count));
    if (this.#at + count > stockBytes) {
      randomFillSync(this.#stock);
      this.#at = 0;
    }
    const bytes = this.#stock.slice(this.#at, this.#at + count);
    this.#stock.fill(0, this.#at, this.#at + count);
    this.#at += count;
    return bytes;
  }

  below(bound: number): number {
    return bound <= 1 ? 0 : randomInt(bound);
  }
}

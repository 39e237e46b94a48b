import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyDerivation } from '../../../hal/key-derivation.ts';

/** A PIN as stored: scrypt (RFC 7914) with its own salt; base64. */
export interface PinHash {
  readonly salt: string;
  readonly hash: string;
  /** CPU and memory cost N; block size is 8, parallelisation 1: N=16384 takes 16 MiB. */
  readonly cost: number;
}

/** Errors of both: those of KeyDerivation. */
export interface PinHasher {
  hash(pin: string): Promise<PinHash>;
  verify(pin: string, stored: PinHash): Promise<boolean>;
}

const hashBytes = 32;
const blockSize = 8;

/**
 * Slow on purpose, and as slow for four digits as for a password. A few digits are found out by trying all of them, whatever a try costs: what protects
 * them is the lock after wrong tries, and that nobody else reads the store. A key of the unit's own beside the hashes would not help: PINs travel with the
 * site's state to the partner, to other units and into backups, so the key would have to travel and lie with them.
 */
export class ScryptPinHasher implements PinHasher {
  readonly #keys: KeyDerivation;
  readonly #cost: number;

  constructor(keys: KeyDerivation, cost = 16384) {
    this.#keys = keys;
    this.#cost = cost;
  }

  async hash(pin: string): Promise<PinHash> {
    const salt = randomBytes(16);
    const hash = await this.#derive(pin, salt, this.#cost);
    return { salt: salt.toString('base64'), hash: Buffer.from(hash).toString('base64'), cost: this.#cost };
  }

  async verify(pin: string, stored: PinHash): Promise<boolean> {
    const wanted = Buffer.from(stored.hash, 'base64');
    const given = await this.#derive(pin, Buffer.from(stored.salt, 'base64'), stored.cost);
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  }

  #derive(pin: string, salt: Uint8Array, cost: number): Promise<Uint8Array> {
    return this.#keys.scrypt(pin, salt, { cost, blockSize }, hashBytes);
  }
}

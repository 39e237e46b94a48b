import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A PIN as stored: scrypt (RFC 7914) with its own salt; base64. */
export interface PinHash {
  readonly salt: string;
  readonly hash: string;
  /** CPU and memory cost N; block size is 8, parallelisation 1: N=16384 takes 16 MiB. */
  readonly cost: number;
}

export interface PinHasher {
  hash(pin: string): Promise<PinHash>;
  verify(pin: string, stored: PinHash): Promise<boolean>;
}

const hashBytes = 32;

/** Slow on purpose; runs in the thread pool, never on the control thread. */
export class ScryptPinHasher implements PinHasher {
  readonly #cost: number;

  constructor(cost = 16384) {
    this.#cost = cost;
  }

  async hash(pin: string): Promise<PinHash> {
    const salt = randomBytes(16);
    const hash = await derive(pin, salt, this.#cost);
    return { salt: salt.toString('base64'), hash: hash.toString('base64'), cost: this.#cost };
  }

  async verify(pin: string, stored: PinHash): Promise<boolean> {
    const wanted = Buffer.from(stored.hash, 'base64');
    const given = await derive(pin, Buffer.from(stored.salt, 'base64'), stored.cost);
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  }
}

function derive(pin: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: cost, r: 8, p: 1, maxmem: 256 * cost * 8 + 1_048_576 };
    scrypt(pin, salt, hashBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

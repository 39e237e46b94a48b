import { scryptSync } from 'node:crypto';
import { HalError } from '../errors.ts';
import type { KeyDerivation, ScryptCost } from '../key-derivation.ts';

/** Real keys, at once: in virtual time an answer that comes from another thread may come hours late. Give it small costs. */
export class SimKeys implements KeyDerivation {
  /** Set by a test: the next keys fail so. */
  fails: HalError | null = null;

  async scrypt(secret: string, salt: Uint8Array, { cost: N, blockSize: r }: ScryptCost, length: number): Promise<Uint8Array> {
    if (this.fails !== null) throw this.fails;
    try {
      return scryptSync(secret, salt, length, { N, r, p: 1 });
    } catch (cause) {
      throw new HalError('io', 'keys', String(cause));
    }
  }
}

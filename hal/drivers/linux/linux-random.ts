import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../../random.ts';

/** The kernel's CSPRNG through OpenSSL. */
export class LinuxRandom implements Random {
  bytes(count: number): Uint8Array {
    return randomBytes(count);
  }

  below(bound: number): number {
    return bound <= 1 ? 0 : randomInt(bound);
  }
}

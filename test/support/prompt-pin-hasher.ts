// Scrypt at the smallest cost, without the thread pool: in virtual time an answer that comes from another thread may come hours late.
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { PinHash, PinHasher } from '../../firmware/mailbox/owner/pin-hasher.ts';

const cost = 2;

export class PromptPinHasher implements PinHasher {
  async hash(pin: string): Promise<PinHash> {
    const salt = randomBytes(16);
    return { salt: salt.toString('base64'), hash: scryptSync(pin, salt, 32, { N: cost }).toString('base64'), cost };
  }

  async verify(pin: string, stored: PinHash): Promise<boolean> {
    const wanted = Buffer.from(stored.hash, 'base64');
    return timingSafeEqual(wanted, scryptSync(pin, Buffer.from(stored.salt, 'base64'), wanted.length, { N: stored.cost }));
  }
}

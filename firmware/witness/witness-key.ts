import { createHash, hkdfSync } from 'node:crypto';
import { keyBytes } from '../failover/beat-seal.ts';

/** A pair as the witness and both units know it. */
export interface WitnessName {
  /** 1 to 32 letters, digits, dots, dashes and underscores; one pair each. */
  readonly name: string;
  /** 16 to 128 characters without spaces, known to the witness and to the two units. */
  readonly secret: string;
}

/** HKDF-SHA256 (RFC 5869): a secret that two pairs share by mistake still gives each a key of its own. */
export function witnessKey({ name, secret }: WitnessName): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, 'understudy witness', name, keyBytes));
}

/** By which a datagram says whose it is: the first 64 bits of SHA-256 of the name. */
export function pairId(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigUInt64BE(0);
}

import type { PairKeys } from '../pairing/pairing.ts';
import type { Fingerprint } from '../../../hal/secure-stream.ts';

/** What the two call themselves and their pair: words of at most 32 letters, digits and hyphens (recording.ts). */
export interface PairNames {
  readonly pair: string;
  readonly own: string;
  readonly partner: string;
}

/** A unit's mark in recordings: 64 bits of its fingerprint tell the few units apart that a disk ever meets. */
export const unitMark = (fingerprint: Fingerprint): string => fingerprint.slice(0, 16);

/** null = no partner. */
export const pairNames = (own: Fingerprint, keys: PairKeys | null): PairNames | null => keys && { pair: keys.pairId, own: unitMark(own), partner: unitMark(keys.partner) };

import type { WallMs } from '../../../hal/clock.ts';
import type { Fingerprint } from '../../../hal/secure-stream.ts';
import type { Agreement } from './pair-run.ts';
import { newRing, type BeatKey, type KeyRing } from './key-ring.ts';

/** What a unit keeps of its partner, in the document `pair/partner`. */
export interface PartnerRecord {
  readonly pairId: string;
  readonly fingerprint: Fingerprint;
  /** X.509, DER, base64: its key checks what the partner signs. */
  readonly certificate: string;
  readonly name: string;
  readonly pairedAtMs: WallMs;
  /** false: this unit has stored the pair and does not know whether the partner has. */
  readonly confirmed: boolean;
  readonly ring: KeyRing;
  readonly rotatedAtMs: WallMs;
}

export interface PairRecord {
  partner: PartnerRecord | null;
  /** As long as what was here before, to cover it; means nothing. */
  cover?: string;
}

export function partnerOf({ partner, pairId, beatKey }: Agreement, confirmed: boolean, now: WallMs): PartnerRecord {
  const ring = newRing(Buffer.from(beatKey).toString('base64'));
  return { pairId, fingerprint: partner.fingerprint, certificate: Buffer.from(partner.certificate).toString('base64'), name: partner.name, pairedAtMs: now, confirmed, ring, rotatedAtMs: now };
}

/** Throws when `found` is not a record. */
export function checkPairRecord(found: unknown): PairRecord {
  const { partner } = found as { partner?: Record<string, unknown> | null };
  if (partner === null) return { partner };
  if (partner === undefined || !isPartner(partner)) throw new TypeError('not a partner');
  return { partner };
}

function isPartner(found: Record<string, unknown>): found is Record<string, unknown> & PartnerRecord {
  const { pairId, fingerprint, certificate, name, pairedAtMs, confirmed, ring, rotatedAtMs } = found;
  const texts = typeof pairId === 'string' && typeof name === 'string' && typeof fingerprint === 'string' && /^[0-9a-f]{64}$/.test(fingerprint) && typeof certificate === 'string';
  return texts && typeof pairedAtMs === 'number' && typeof rotatedAtMs === 'number' && typeof confirmed === 'boolean' && isRing(ring);
}

function isRing(found: unknown): found is KeyRing {
  if (typeof found !== 'object' || found === null) return false;
  const { current, previous, next } = found as Record<string, unknown>;
  return isBeatKey(current) && (previous === null || isBeatKey(previous)) && (next === null || isBeatKey(next));
}

export function isBeatKey(found: unknown): found is BeatKey {
  if (typeof found !== 'object' || found === null) return false;
  const { id, key } = found as Record<string, unknown>;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 1 && typeof key === 'string' && Buffer.from(key, 'base64').length === 32;
}

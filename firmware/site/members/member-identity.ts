import { createHash, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Fingerprint, SecureIdentity } from '../../../hal/secure-stream.ts';
import type { SiteIdentity } from '../signed-manifest.ts';
import { keyOfCertificate, type MemberStore } from './member-store.ts';

export interface MemberIdentityParts {
  readonly own: SecureIdentity & { readonly fingerprint: Fingerprint };
  readonly members: MemberStore;
  /** The unit that this one was joined to by a code, if that is it: its certificate, DER in base64. */
  readonly joined: (unit: string) => string | null;
}

/** Keys at hand: more than a site has units, present and former ones. */
const maxKeys = 128;

/** All units of an owner that share one state call it so; whose manifests count is settled by their keys. */
export const siteName = 'site';

/** Who this unit is in its site, and whom it believes: the members, and the unit that it was joined to by a code. */
export function memberIdentity({ own, members, joined }: MemberIdentityParts): SiteIdentity {
  const ownCertificate = Buffer.from(own.certificate).toString('base64');
  const believed = (unit: string): string | null => (unit === own.fingerprint ? ownCertificate : (joined(unit) ?? members.find(unit)?.certificate ?? null));
  const certificate = (unit: string): string | null => believed(unit) ?? members.certificate(unit);
  const keys = new Map<string, KeyObject | null>();
  // What was read once is not read again.
  const keyOf = (base64: string | null): KeyObject | null => {
    if (base64 === null) return null;
    if (keys.size >= maxKeys) keys.clear();
    if (!keys.has(base64)) keys.set(base64, keyOfCertificate(base64));
    return keys.get(base64) ?? null;
  };
  return {
    site: siteName,
    unit: own.fingerprint,
    privateKey: createPrivateKey({ key: Buffer.from(own.privateKey), format: 'der', type: 'pkcs8' }),
    publicKey: (unit) => keyOf(believed(unit)),
    keptKey: (unit) => keyOf(certificate(unit)),
    certificate,
    vouched: async (unit, base64) => {
      if (createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex') !== unit) return null;
      const key = keyOf(base64);
      if (key !== null) await members.remember({ fingerprint: unit, certificate: base64 });
      return key;
    },
  };
}

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Fingerprint } from '../../../hal/secure-stream.ts';
import { fingerprintOf } from '../identity.ts';
import { lengthValues, sessionKey, type Session, type Share } from './cpace.ts';
import { readFields, u16 } from './pair-message.ts';
import type { CodePurpose } from './pair-run.ts';

const longestName = 200;
const longestCertificate = 1024;

/** Who the other end says it is; true once its proof is. */
export interface Introduction {
  readonly certificate: Uint8Array;
  readonly fingerprint: Fingerprint;
  readonly name: string;
}

/** What both ends of a run have at its end, and nobody else. */
export interface PairSecrets {
  readonly pairId: string;
  readonly beatKey: Uint8Array;
  readonly joinerProof: Uint8Array;
  readonly hostProof: Uint8Array;
  readonly joinerStored: Uint8Array;
}

/** Binds a run to its purpose, this use of CPace and its version. Who plays which part is in the order of the shares (initiator: the joiner). */
export function pairSession(code: string, joinerNonce: Uint8Array, hostNonce: Uint8Array, purpose: CodePurpose): Session {
  const channel = new TextEncoder().encode(`understudy ${purpose} 1`);
  return { code: new TextEncoder().encode(code), channel, id: Buffer.concat([joinerNonce, hostNonce]) };
}

export function introduce(certificate: Uint8Array, name: string): Uint8Array {
  const text = new TextEncoder().encode(name).subarray(0, longestName);
  return Buffer.concat([u16(certificate.length), certificate, u16(text.length), text]);
}

/**
 * null = not an introduction. The certificate is bytes here: it comes from who has proven nothing yet, so nothing reads into it before TLS
 * meets the one that has this fingerprint.
 */
export function readIntroduction(associated: Uint8Array): Introduction | null {
  const fields = readFields(associated);
  const [certificate, name] = fields ?? [];
  if (certificate === undefined || name === undefined || fields?.length !== 2) return null;
  if (certificate.length === 0 || certificate.length > longestCertificate || name.length > longestName) return null;
  return { certificate, fingerprint: fingerprintOf(certificate), name: new TextDecoder().decode(name) };
}

/**
 * Both MAC keys are labelled with their end, so that a proof sent back to its sender proves nothing; both MACs cover both shares with
 * both certificates, as the key does. null = `theirs` is no valid share.
 */
export function pairSecrets(session: Session, secret: Uint8Array, theirs: Uint8Array, joiner: Share, host: Share): PairSecrets | null {
  const key = sessionKey(session, secret, theirs, joiner, host);
  if (key === null) return null;
  const derived = (label: string, bytes: number): Uint8Array => new Uint8Array(hkdfSync('sha512', key, session.id, `understudy pair 1 ${label}`, bytes));
  const transcript = lengthValues(joiner.point, joiner.associated, host.point, host.associated);
  const mac = (label: string): Uint8Array => new Uint8Array(createHmac('sha256', derived(label, 32)).update(transcript).digest());
  return {
    pairId: Buffer.from(derived('pair id', 16)).toString('hex'),
    beatKey: derived('beat key', 32),
    joinerProof: mac('joiner proof'),
    hostProof: mac('host proof'),
    joinerStored: mac('joiner stored'),
  };
}

export function sameMac(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

import { createHash, createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SecureIdentity } from '../../hal/secure-stream.ts';
import type { Kind } from './topics.ts';

/**
 * What passes through the broker: lines that a person can read, signed as they stand (no canonical form that two programs could
 * disagree on), like an entitlement:
 *
 *   {"unit":"3f9a...","site":"harbour","version":17,...}
 *   ed25519 <base64 of 64 bytes>
 *   certificate <base64 of the DER>       of units, not of operators
 *
 * A unit is called by its certificate's SHA-256, so the third line proves itself, and nobody needs a list of keys to check a unit.
 */
export interface SignedNote {
  /** The first line, as it was signed. */
  readonly text: string;
  readonly body: unknown;
  readonly signature: Uint8Array;
  readonly certificate: Uint8Array | null;
}

/** A result with a long report is the largest. */
export const noteLimitBytes = 8192;

/** Who signs. */
export interface Signer {
  readonly privateKey: KeyObject;
  /** null = an operator, who has none. */
  readonly certificate: Uint8Array | null;
}

export const unitSigner = ({ certificate, privateKey }: SecureIdentity): Signer => ({ certificate, privateKey: createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }) });

/** Keeps a signature made for one purpose from ever counting for another. */
const signedBytes = (kind: Kind, text: string): Uint8Array => Buffer.from(`understudy estate ${kind} ${text}`, 'utf8');

export function signNote(kind: Kind, body: object, { privateKey, certificate }: Signer): Uint8Array {
  const text = JSON.stringify(body);
  const signature = sign(null, signedBytes(kind, text), privateKey).toString('base64');
  const last = certificate === null ? '' : `certificate ${Buffer.from(certificate).toString('base64')}\n`;
  return Buffer.from(`${text}\ned25519 ${signature}\n${last}`, 'utf8');
}

/** null = these bytes are no signed note. Never throws. */
export function readNote(bytes: Uint8Array): SignedNote | null {
  if (bytes.length > noteLimitBytes) return null;
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  const [text = '', mark = '', third = ''] = lines;
  const signature = /^ed25519 ([A-Za-z0-9+/]{86}==)$/.exec(mark)?.[1];
  const certificate = /^certificate ([A-Za-z0-9+/]{4,1500}={0,2})$/.exec(third)?.[1];
  if (signature === undefined || (third !== '' && certificate === undefined) || lines.slice(3).some((line) => line !== '')) return null;
  const body = parsed(text);
  if (typeof body !== 'object' || body === null) return null;
  return { text, body, signature: Buffer.from(signature, 'base64'), certificate: certificate === undefined ? null : Buffer.from(certificate, 'base64') };
}

export const isSignedBy = (kind: Kind, { text, signature }: SignedNote, key: KeyObject): boolean => verify(null, signedBytes(kind, text), key, signature);

/** The key of a unit by the certificate that came along; null = that is not this unit's. */
export function keyOfUnit(unit: string, certificate: Uint8Array | null): KeyObject | null {
  if (certificate === null || createHash('sha256').update(certificate).digest('hex') !== unit) return null;
  return ed25519Only(() => new X509Certificate(certificate).publicKey);
}

/** RFC 8410 section 4: the fixed head of an ed25519 SubjectPublicKeyInfo; the 32 bytes of the key follow. */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

/** From 32 bytes in base64, as the settings have it. */
export const operatorKey = (base64: string): KeyObject | null => ed25519Only(() => createPublicKey({ key: Buffer.concat([spkiHead, Buffer.from(base64, 'base64')]), format: 'der', type: 'spki' }));

/** The short name of a key in commands and on the console. */
export const keyId = (base64: string): string => createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex').slice(0, 16);

/** As the settings have it. */
export const publicBase64 = (key: KeyObject): string => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(spkiHead.length).toString('base64');

function ed25519Only(read: () => KeyObject): KeyObject | null {
  try {
    const key = read();
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null; // bytes that are no key
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { Random } from '../../hal/random.ts';
import type { Fingerprint, SecureIdentity } from '../../hal/secure-stream.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { openDocument } from '../mailbox/document.ts';
import { Folders } from '../mailbox/folders.ts';
import { ed25519Key, selfSigned } from './identity-certificate.ts';

/** Made on the unit and never leaving it but for the certificate. The storage makes its files private (mode 0600). */
export interface Identity extends SecureIdentity {
  readonly fingerprint: Fingerprint;
}

/** As stored, base64; null = not made yet. */
interface IdentityRecord {
  certificate: string | null;
  privateKey: string | null;
}

export const pairFolder = 'pair';
const path = `${pairFolder}/identity`;

export const fingerprintOf = (certificate: Uint8Array): Fingerprint => createHash('sha256').update(certificate).digest('hex');

/**
 * The identity of this unit, made and stored at first need. One that cannot be read is set aside and replaced, which ends the pair:
 * the partner knows the old one. Errors: HalError no-space, read-only, io.
 */
export async function openIdentity(storage: Storage, random: Random, log: Log): Promise<Identity> {
  await new Folders(storage).ensure(pairFolder);
  const document = await openDocument<IdentityRecord>(storage, path, { certificate: null, privateKey: null }, checked, log);
  const { certificate, privateKey } = document.state;
  if (certificate !== null && privateKey !== null) return identity(Buffer.from(certificate, 'base64'), Buffer.from(privateKey, 'base64'));
  const made = makeIdentity(random);
  await document.change((state) => {
    state.certificate = Buffer.from(made.certificate).toString('base64');
    state.privateKey = Buffer.from(made.privateKey).toString('base64');
  });
  log.write('notice', 'identity-made', 'This unit has a new identity for its pair', { fingerprint: made.fingerprint });
  return made;
}

export function makeIdentity(random: Random): Identity {
  const privateKey = ed25519Key(random.bytes(32));
  const serial = random.bytes(16);
  return identity(selfSigned(privateKey, `understudy-${Buffer.from(serial.subarray(0, 4)).toString('hex')}`, serial), privateKey);
}

function identity(certificate: Uint8Array, privateKey: Uint8Array): Identity {
  return { certificate: new Uint8Array(certificate), privateKey: new Uint8Array(privateKey), fingerprint: fingerprintOf(certificate) };
}

function checked(found: unknown): IdentityRecord {
  const { certificate, privateKey } = found as Partial<IdentityRecord>;
  if (certificate === null && privateKey === null) return { certificate, privateKey };
  if (typeof certificate !== 'string' || typeof privateKey !== 'string') throw new TypeError('no certificate and key');
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  if (!new X509Certificate(Buffer.from(certificate, 'base64')).checkPrivateKey(key)) throw new TypeError('the key is not that of the certificate');
  return { certificate, privateKey };
}

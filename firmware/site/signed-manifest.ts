import { createHash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { SiteError } from './site-error.ts';
import type { Manifest } from './manifest.ts';
import { checkManifest, manifestSchema, maxManifestBytes } from './manifest.ts';

/** A manifest and its author's signature. */
export interface SignedManifest {
  readonly manifest: Manifest;
  /** The manifest's canonical text; kept, because that of 2,000 mailboxes takes 20 ms to make. */
  readonly text: string;
  /** SHA-256 of the text: the manifest's name. */
  readonly hash: string;
  /** ed25519 (RFC 8032) over the hash, base64. */
  readonly signature: string;
}

/** Who this unit is, and whom it believes. */
export interface SiteIdentity {
  readonly site: string;
  readonly unit: string;
  /** ed25519. */
  readonly privateKey: KeyObject;
  /** Public key of a unit of this site, itself included; null = not one of ours. */
  readonly publicKey: (unit: string) => KeyObject | null;
  /** The same for what lies on the disk already and was checked when it came: also of units that are no longer ours. Left out: `publicKey`. */
  readonly keptKey?: (unit: string) => KeyObject | null;
  /** The certificate (X.509, DER, base64) of a unit that is, or was, of this site; null = never heard of. Left out: nobody is vouched for. */
  readonly certificate?: (unit: string) => string | null;
  /** The unit at the other end, which is one of ours, vouches for this one: its key, durably known from now on; null = it is not that of `unit`. Errors: HalError. */
  readonly vouched?: (unit: string, certificate: string) => Promise<KeyObject | null>;
}

/** Keeps a signature made for another purpose with the same key from ever counting here. */
const signedBytes = (hash: string): Uint8Array => new TextEncoder().encode(`understudy site manifest ${hash}`);

export function signManifest(manifest: Manifest, { privateKey }: SiteIdentity): SignedManifest {
  const text = canonicalJson(manifest);
  const hash = sha256(text);
  return { manifest, text, hash, signature: sign(null, signedBytes(hash), privateKey).toString('base64') };
}

/** As it is stored and sent. */
export const encodeSigned = ({ text, signature }: SignedManifest): Uint8Array => new TextEncoder().encode(`{"manifest":${text},"signature":${JSON.stringify(signature)}}`);

/** Errors: SiteError too-large, malformed, newer-schema, foreign-site, unknown-author, bad-signature. */
export function decodeSigned(bytes: Uint8Array, identity: SiteIdentity): SignedManifest {
  if (bytes.length > maxManifestBytes) throw new SiteError('too-large', `a manifest of ${bytes.length} bytes; at most ${maxManifestBytes} are read`);
  return checkSigned(parse(bytes), identity);
}

/** Errors: as decodeSigned. */
export function checkSigned(found: { readonly manifest: unknown; readonly signature: unknown }, identity: SiteIdentity): SignedManifest {
  const manifest = readManifest(found.manifest);
  if (manifest.site !== identity.site) throw new SiteError('foreign-site', `the manifest is of site ${manifest.site}`);
  const key = identity.publicKey(manifest.author);
  if (key === null) throw new SiteError('unknown-author', `${manifest.author} is no unit of this site`);
  const text = canonicalJson(manifest);
  const hash = sha256(text);
  const signature = typeof found.signature === 'string' && found.signature.length <= 128 ? found.signature : '';
  if (!verify(null, signedBytes(hash), key, Buffer.from(signature, 'base64'))) throw new SiteError('bad-signature', `the signature of version ${manifest.version} is not that of ${manifest.author}`);
  return { manifest, text, hash, signature };
}

function parse(bytes: Uint8Array): { manifest: unknown; signature: unknown } {
  try {
    const found: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof found === 'object' && found !== null && 'manifest' in found && 'signature' in found) return found;
  } catch {
    // Told below like anything else that is no manifest.
  }
  throw new SiteError('malformed', 'these bytes are no signed manifest');
}

function readManifest(found: unknown): Manifest {
  const schema = typeof found === 'object' && found !== null && 'schema' in found ? found.schema : null;
  if (typeof schema === 'number' && schema > manifestSchema) throw new SiteError('newer-schema', `the manifest has form ${schema}, this program knows up to ${manifestSchema}`);
  try {
    return checkManifest(found);
  } catch (error) {
    throw new SiteError('malformed', error instanceof Error ? error.message : String(error));
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

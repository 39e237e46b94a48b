import { canonicalBytes } from './canonical-json.ts';
import type { Manifest, Value } from './manifest.ts';
import { compareValues, maxManifestBytes } from './manifest.ts';
import type { SignedManifest, SiteIdentity } from './signed-manifest.ts';
import { checkSigned, decodeSigned, encodeSigned } from './signed-manifest.ts';
import { SiteError } from './site-error.ts';

/**
 * How a manifest travels: whole, or as its difference from one that the other side has. With 2,000 mailboxes that is 1.2 MB or
 * 600 bytes for a changed PIN. Whatever is put together from a difference must have the hash that was asked for, and a good
 * signature, so a wrong difference can do no harm.
 */
export interface Difference {
  readonly rest: Omit<Manifest, 'entries'>;
  readonly set: Readonly<Record<string, Value>>;
  readonly gone: readonly string[];
  readonly signature: string;
}

export interface Transfer {
  readonly bytes: Uint8Array;
  /** Hash of the manifest that a difference starts from; null = it is whole. */
  readonly base: string | null;
}

export function transferOf(signed: SignedManifest, base: SignedManifest | null): Transfer {
  if (base === null) return { bytes: encodeSigned(signed), base: null };
  const { entries, ...rest } = signed.manifest;
  const old = base.manifest.entries;
  const changed = Object.entries(entries).filter(([name, value]) => old[name] === undefined || compareValues(old[name], value) !== 0);
  const gone = Object.keys(old).filter((name) => entries[name] === undefined);
  return { bytes: canonicalBytes({ rest, set: Object.fromEntries(changed), gone, signature: signed.signature } satisfies Difference), base: base.hash };
}

/** Errors: SiteError of decodeSigned; malformed when it is not the manifest that was asked for. */
export function received(transfer: Transfer, hash: string, base: SignedManifest | null, identity: SiteIdentity): SignedManifest {
  const signed = transfer.base === null ? decodeSigned(transfer.bytes, identity) : checkSigned(patched(transfer.bytes, base), identity);
  if (signed.hash !== hash) throw new SiteError('malformed', 'another manifest came than was asked for');
  return signed;
}

function patched(bytes: Uint8Array, base: SignedManifest | null): { manifest: unknown; signature: unknown } {
  if (base === null) throw new SiteError('malformed', 'a difference came, from a manifest that is not here');
  try {
    if (bytes.length > maxManifestBytes) throw new RangeError('too large');
    const { rest, set, gone, signature } = JSON.parse(new TextDecoder().decode(bytes)) as Difference;
    const removed = new Set(gone);
    const kept = Object.entries(base.manifest.entries).filter(([name]) => !removed.has(name));
    return { manifest: { ...rest, entries: { ...Object.fromEntries(kept), ...set } }, signature };
  } catch {
    throw new SiteError('malformed', 'the difference of two manifests cannot be read');
  }
}

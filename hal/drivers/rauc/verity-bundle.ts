import { open, type FileHandle } from 'node:fs/promises';
import { HalError } from '../../errors.ts';
import { halError } from '../linux/errno.ts';
import { blockBytes, verityTree } from './verity-tree.ts';

/** A manifest is some hundred bytes, and with its signature some kilobytes. */
const mostSignatureBytes = 64 * 1024;

/**
 * Looks at every block of a bundle in RAUC's verity format. RAUC itself checks the signature at once and the blocks only while it writes them.
 *
 *   squashfs image | tree of hashes | CMS signature around the manifest | length of the signature (8)
 *
 * The signature must have been checked: here the manifest in it is believed. Errors: not-found, damaged, unsupported (another format), io.
 */
export async function checkVerity(path: string): Promise<void> {
  const file = await open(path, 'r').catch((cause: unknown) => Promise.reject(halError(path, cause)));
  try {
    const { size } = await file.stat();
    const { manifest, payloadBytes } = await manifestIn(file, path, size);
    const tree = { hash: digits(manifest, 'verity-hash'), salt: digits(manifest, 'verity-salt'), bytes: Number(valueOf(manifest, 'verity-size')) };
    if (valueOf(manifest, 'format') !== 'verity') throw new HalError('unsupported', path, 'the bundle is not in the format verity, in which each block is under the signature');
    if (tree.hash === null || tree.salt === null || !Number.isSafeInteger(tree.bytes)) throw new HalError('damaged', path, 'the manifest of the bundle does not say how its blocks are checked');
    const dataBytes = payloadBytes - tree.bytes;
    if (dataBytes <= 0 || dataBytes % blockBytes !== 0) throw new HalError('damaged', path, 'the bundle has another size than its manifest says');
    await compare(file, path, dataBytes, { hash: tree.hash, salt: tree.salt, bytes: tree.bytes });
  } catch (error) {
    throw halError(path, error);
  } finally {
    await file.close();
  }
}

async function compare(file: FileHandle, path: string, dataBytes: number, { hash, salt, bytes }: { readonly hash: Buffer; readonly salt: Buffer; readonly bytes: number }): Promise<void> {
  const made = await verityTree(file, dataBytes, salt);
  if (!made.root.equals(hash) || made.bytes.length !== bytes) throw new HalError('damaged', path, 'the content of the bundle is not what was signed');
  const found = Buffer.alloc(bytes);
  await file.read(found, 0, bytes, dataBytes);
  if (!found.equals(made.bytes)) throw new HalError('damaged', path, 'the hashes in the bundle are not those of its content');
}

async function manifestIn(file: FileHandle, path: string, size: number): Promise<{ manifest: string; payloadBytes: number }> {
  const end = Buffer.alloc(8);
  if (size < 8 + blockBytes) throw new HalError('damaged', path, 'the bundle is cut off');
  await file.read(end, 0, 8, size - 8);
  const signatureBytes = Number(end.readBigUInt64BE());
  const payloadBytes = size - 8 - signatureBytes;
  if (signatureBytes > mostSignatureBytes || payloadBytes <= 0) throw new HalError('damaged', path, 'the bundle is cut off, or no bundle');
  const signature = Buffer.alloc(signatureBytes);
  await file.read(signature, 0, signatureBytes, payloadBytes);
  const from = signature.indexOf('[update]');
  if (from < 0) throw new HalError('unsupported', path, 'the bundle is not in the format verity, in which each block is under the signature');
  return { manifest: signature.toString('latin1', from), payloadBytes };
}

const valueOf = (manifest: string, key: string): string | null => new RegExp(`^${key}=([^\\n]*)$`, 'm').exec(manifest)?.[1] ?? null;

function digits(manifest: string, key: string): Buffer | null {
  const value = valueOf(manifest, key);
  return value !== null && /^[0-9a-f]{64}$/.test(value) ? Buffer.from(value, 'hex') : null;
}

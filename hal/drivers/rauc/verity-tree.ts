import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Blocks of data and of hashes, as RAUC makes them. */
export const blockBytes = 4096;
const hashBytes = 32;
/** Read at once; hashing so much takes less than a frame's time on a small processor. */
const readBytes = 65_536;

/** Hash of a block: salt, then content (dm-verity, version 1, SHA-256). */
const hashOf = (salt: Uint8Array, block: Uint8Array): Buffer => createHash('sha256').update(salt).update(block).digest();

export interface VerityTree {
  readonly root: Buffer;
  /** As it lies in the bundle: the highest level first. */
  readonly bytes: Buffer;
}

/**
 * The tree of hashes over the first `dataBytes` of a file, a multiple of 4096. Others run between two reads. Errors: errno of the file.
 *
 *   root = hash of the highest level's one block        each block of a level holds 128 hashes of the level below, zeros after the last
 */
export async function verityTree(file: FileHandle, dataBytes: number, salt: Uint8Array): Promise<VerityTree> {
  const levels = [await dataLevel(file, dataBytes, salt)];
  while ((levels[0] as Buffer).length > blockBytes) levels.unshift(levelOver(levels[0] as Buffer, salt));
  return { root: hashOf(salt, levels[0] as Buffer), bytes: Buffer.concat(levels) };
}

async function dataLevel(file: FileHandle, dataBytes: number, salt: Uint8Array): Promise<Buffer> {
  const level = emptyLevel(dataBytes / blockBytes);
  const buffer = Buffer.alloc(readBytes);
  let block = 0;
  for (let at = 0; at < dataBytes; at += readBytes) {
    const wanted = Math.min(readBytes, dataBytes - at);
    const { bytesRead } = await file.read(buffer, 0, wanted, at);
    if (bytesRead < wanted) return level;
    for (let from = 0; from < wanted; from += blockBytes) hashOf(salt, buffer.subarray(from, from + blockBytes)).copy(level, hashBytes * block++);
  }
  return level;
}

function levelOver(below: Buffer, salt: Uint8Array): Buffer {
  const level = emptyLevel(below.length / blockBytes);
  for (let block = 0; block * blockBytes < below.length; block++) hashOf(salt, below.subarray(block * blockBytes, (block + 1) * blockBytes)).copy(level, hashBytes * block);
  return level;
}

const emptyLevel = (hashes: number): Buffer => Buffer.alloc(Math.max(1, Math.ceil((hashes * hashBytes) / blockBytes)) * blockBytes);

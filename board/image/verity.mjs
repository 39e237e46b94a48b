// The hash tree of dm-verity, format 1, SHA-256, blocks of 4096 bytes, without a header: what a RAUC bundle has behind its file system.
import { createHash } from 'node:crypto';

const BLOCK_BYTES = 4096;
const DIGEST_BYTES = 32;

/**
 * @param data whole blocks; @param salt bytes before each block
 * Gives { root, tree }: the digest of the top, and all levels, the top first.
 */
export function verityTree(data, salt) {
  if (data.length === 0 || data.length % BLOCK_BYTES !== 0) throw new RangeError(`dm-verity wants whole blocks of ${BLOCK_BYTES} bytes, not ${data.length} bytes`);
  const levels = [];
  let below = data;
  do {
    below = digestsOf(below, salt);
    levels.unshift(below);
  } while (below.length > BLOCK_BYTES);
  return { root: digest(below, salt), tree: Buffer.concat(levels) };
}

function digestsOf(blocks, salt) {
  const count = blocks.length / BLOCK_BYTES;
  const digests = Buffer.alloc(Math.ceil((count * DIGEST_BYTES) / BLOCK_BYTES) * BLOCK_BYTES);
  for (let index = 0; index < count; index += 1) digest(blocks.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES), salt).copy(digests, index * DIGEST_BYTES);
  return digests;
}

const digest = (block, salt) => createHash('sha256').update(salt).update(block).digest();

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, constants } from 'node:zlib';

const compress = promisify(brotliCompress);

/** Packs bytes as tightly as brotli can. That takes seconds, so the result is kept in .cache under the bytes' checksum. */
export async function pack(root, bytes) {
  const key = `${createHash('sha256').update(bytes).digest('hex')}-w22`;
  const file = path.join(root, '.cache/packed', `${key}.br`);
  if (existsSync(file)) return readFileSync(file);
  const packed = await compress(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      // Whoever unpacks it needs a window of that size: 4 MiB, not 16.
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  writeWhole(file, packed);
  return packed;
}

/** Packs what is another one with each build: nearly as tight, in a moment. */
export function quickly(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
}

/** Two builds may run side by side: neither may see half a file. */
export function writeWhole(file, bytes) {
  mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, bytes);
  renameSync(unfinished, file);
}

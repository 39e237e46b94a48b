// Names that are the same whenever the same version is built, on whatever machine.
import { createHash } from 'node:crypto';

/** A UUID (RFC 9562, version 8) made of words: the image's, so that each version and each part of it has its own. */
export function steadyUuid(...words) {
  const bytes = createHash('sha256').update(words.join('\n')).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Eight hexadecimal digits: what a FAT file system has for a UUID. */
export const steadyVolumeId = (...words) => steadyUuid(...words).slice(0, 8);

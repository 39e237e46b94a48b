import { existsSync, readFileSync, statSync } from 'node:fs';

const sectorBytes = 512;

/**
 * What the block device under a file has taken so far, in bytes: with the file system's own journal and metadata, and of all who write
 * there (Documentation/block/stat: sectors written, whatever the device's own are). null: no such device, as in memory or an overlay.
 */
export function deviceBytes(file: string): number | null {
  const { dev } = statSync(file);
  const place = `/sys/dev/block/${major(dev)}:${minor(dev)}/stat`;
  if (!existsSync(place)) return null;
  const written = Number(readFileSync(place, 'utf8').trim().split(/\s+/)[6]);
  return Number.isFinite(written) ? written * sectorBytes : null;
}

/** As glibc's gnu_dev_major and gnu_dev_minor, for the numbers below 2^32 that Linux has. */
const major = (dev: number): number => (dev >>> 8) & 0xfff;
const minor = (dev: number): number => (dev & 0xff) | ((dev >>> 12) & 0xfff00);

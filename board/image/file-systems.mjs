// The file systems of an image, each of the same bytes whenever it holds the same.
import { rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runText, steadyEnvironment } from './programs.mjs';

/** How a slot is packed: not at all. GRUB reads the kernel, and the kernel Node, faster than any processor of a small board unpacks them; the bundle is packed as a whole. */
const UNPACKED = ['-comp', 'gzip', '-noI', '-noD', '-noF', '-noX'];

/** How a bundle is packed: as small as can be, since it travels; a tenth smaller than by zstd, for some seconds more while it is installed. */
const PACKED = ['-comp', 'xz', '-b', '1M'];

const steady = (epoch) => ['-noappend', '-no-progress', '-quiet', '-all-root', '-no-xattrs', '-mkfs-time', String(epoch), '-all-time', String(epoch), '-reproducible'];

/** How one is packed that does not travel far. */
const QUICKLY_PACKED = ['-comp', 'zstd', '-Xcompression-level', '3'];

/** A folder as read-only file system for a slot. */
export const slotImage = (folder, file, epoch) => squashfs(folder, file, [...UNPACKED, ...steady(epoch)]);

/** The same for what a bundle carries. */
export const packedImage = (folder, file, epoch) => squashfs(folder, file, [...PACKED, ...steady(epoch)]);

export const quicklyPackedImage = (folder, file, epoch) => squashfs(folder, file, [...QUICKLY_PACKED, ...steady(epoch)]);

function squashfs(folder, file, options) {
  rmSync(file, { force: true });
  const { SOURCE_DATE_EPOCH: ours, ...env } = process.env; // options and variable exclude each other
  runText('mksquashfs', [folder, file, ...options], { env: { ...env, LC_ALL: 'C', TZ: 'UTC' } });
}

/** A FAT file system of `bytes` with files: [{ place, file }]; folders are made as needed. */
export function fatImage(file, { bytes, label, volumeId, epoch }, entries) {
  empty(file, bytes);
  const env = steadyEnvironment(epoch);
  runText('mkfs.vfat', ['--invariant', '-F', '32', '-s', '1', '-n', label, '-i', volumeId, file], { env });
  const folders = new Set(entries.flatMap(({ place }) => parents(place)));
  for (const folder of [...folders].sort()) runText('mmd', ['-i', file, `::${folder}`], { env });
  for (const entry of entries) {
    utimesSync(entry.file, epoch, epoch);
    runText('mcopy', ['-m', '-i', file, entry.file, `::${entry.place}`], { env });
  }
}

/** An ext4 file system that holds nothing, made to be grown. */
export function dataImage(file, { bytes, uuid, hashSeed, epoch }) {
  empty(file, bytes);
  runText('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', '-I', '256', '-i', '16384', '-m', '1', '-O', '64bit,metadata_csum', '-L', 'data', '-U', uuid,
    '-E', `hash_seed=${hashSeed},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0`, file], { env: steadyEnvironment(epoch) });
}

function empty(file, bytes) {
  rmSync(file, { force: true });
  writeFileSync(file, '');
  truncateSync(file, bytes);
}

function parents(place) {
  const parts = path.posix.dirname(place).split('/').filter((part) => part !== '.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Puts one file into another at an offset, with holes where it has zeros. */
export function placeInto(disk, file, offsetBytes) {
  runText('dd', [`if=${file}`, `of=${disk}`, 'bs=1M', `seek=${offsetBytes / (1024 * 1024)}`, 'conv=notrunc,sparse', 'status=none']);
}

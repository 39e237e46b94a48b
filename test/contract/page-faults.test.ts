// The kernel's answer to faults in a file that is mapped and lies in its cache, with and without the watch.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadKoffi } from '../../hal/drivers/linux/native.ts';
import { bringPagesSingly } from '../../hal/drivers/linux/page-faults.ts';
import { parseSmaps } from '../../hal/drivers/linux/smaps.ts';
import { testWith } from '../support/skip.ts';

const pageBytes = 4096;
const pages = 256;
/** Fault-around brings up to 64 KiB, aligned. */
const strideBytes = 64 * 1024;
const [protRead, mapPrivate] = [1, 2];
const koffi = await loadKoffi();
const libc = koffi.load(null);
const mmap = libc.func('uint64_t mmap(uint64_t address, size_t bytes, int protection, int flags, int fd, long offset)');
const munmap = libc.func('int munmap(uint64_t address, size_t bytes)');
const memcpy = libc.func('void *memcpy(void *to, uint64_t from, size_t bytes)');

/** Pages in memory after one byte in every 64 KiB was read; what was read must be what the file holds. */
function residentAfterReading(prepare: (piece: { address: bigint; bytes: number }) => void): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'faults-'));
  const file = path.join(folder, 'mapped');
  writeFileSync(file, Uint8Array.from({ length: pages * pageBytes }, (_, at) => (at / pageBytes) & 0xff));
  readFileSync(file); // it is in the cache
  const fd = openSync(file, 'r');
  const bytes = pages * pageBytes;
  const address = BigInt(mmap(0, bytes, protRead, mapPrivate, fd, 0));
  closeSync(fd);
  try {
    prepare({ address, bytes });
    const read = Buffer.alloc(1);
    for (let at = 0; at < bytes; at += strideBytes) {
      memcpy(read, address + BigInt(at), 1);
      assert.is(read[0], (at / pageBytes) & 0xff);
    }
    const mapping = parseSmaps(readFileSync('/proc/self/smaps', 'utf8')).find((one) => one.address === address);
    return (mapping?.residentBytes ?? Number.NaN) / pageBytes;
  } finally {
    munmap(address, bytes);
    rmSync(folder, { recursive: true });
  }
}

const mapped = { address: 0n, bytes: 0 };

/** userfaultfd(2), and the first Linux 6 under which pieces of files are watched without a reader. */
const kernels: Readonly<Record<string, { readonly call: number; readonly minor: number } | undefined>> = { x64: { call: 323, minor: 7 }, arm64: { call: 282, minor: 10 } };

/** By what the kernel is and allows, not by what is tested here. */
const watch = {
  missing: () => {
    const kernel = kernels[process.arch];
    const [major = 0, minor = 0] = release().split('.').map(Number);
    if (kernel === undefined || major < 6 || (major === 6 && minor < kernel.minor)) return `this kernel cannot watch pages of files (Linux 6.${kernel?.minor ?? 7} can)`;
    const fd = Number(libc.func('long syscall(long number, long flags)')(kernel.call, 1));
    if (fd >= 0) closeSync(fd);
    return fd >= 0 ? undefined : 'watching pages is not allowed here (userfaultfd)';
  },
};

testWith([watch], 'page-faults: under the watch only pages that are read come into memory, with what the file holds', () => {
  let watched = false;
  const singly = residentAfterReading((piece) => (watched = bringPagesSingly(koffi, [piece])));
  assert.ok(watched);
  assert.is(singly, (pages * pageBytes) / strideBytes);
  assert.ok(residentAfterReading(() => undefined) > singly, 'without it more come along');
});

test('page-faults: where nothing can be watched it says so, and takes no descriptor', () => {
  const open = (): number => Number(openSync('/dev/null', 'r'));
  const before = open();
  assert.not(bringPagesSingly(koffi, [mapped]));
  const after = open();
  assert.is(after, before + 1);
  closeSync(before);
  closeSync(after);
});

test.run();

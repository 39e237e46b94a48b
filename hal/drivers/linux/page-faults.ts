import type { Koffi } from './native.ts';
import type { Mapping } from './smaps.ts';

/** userfaultfd(2), by `process.arch`. */
const callNumbers: Readonly<Record<string, number | undefined>> = { x64: 323, arm64: 282 };
/** O_CLOEXEC, and UFFD_USER_MODE_ONLY: nobody but root may have more than that. */
const flags = 0o2000000 | 1;

/** ioctl_userfaultfd(2): UFFDIO_API with struct uffdio_api, UFFDIO_REGISTER with struct uffdio_register. */
const uffdioApi = 0xc018aa3f;
const uffdioRegister = 0xc020aa00;
const apiVersion = 0xaan;
/** Write protection that the kernel lifts by itself; nobody has to read from the descriptor. The first under which pieces of files are taken (Linux 6.7). */
const featureWpAsync = 1n << 15n;
const modeWp = 2n;

/**
 * Has the kernel bring pages of these mappings one at a time. Otherwise each fault brings the 15 around it that lie in its cache too ("fault-around", fs.h), of
 * which few are used: 24 instead of 9 MiB of the program stay in memory while 250 calls are up. The kernel leaves that out where it watches each page for
 * somebody (uffd_disable_fault_around), so they are put under a watch that protects nothing; it lasts as long as the process.
 *
 * False = this kernel has no such watch, or a sandbox forbids it; then all is as before.
 */
export function bringPagesSingly(koffi: Koffi, pieces: readonly Pick<Mapping, 'address' | 'bytes'>[]): boolean {
  const number = callNumbers[process.arch];
  if (number === undefined) return false;
  try {
    const libc = koffi.load(null);
    const ioctl = libc.func('int ioctl(int fd, unsigned long request, void *argument)');
    const fd = Number(libc.func('long syscall(long number, long flags)')(number, flags));
    if (fd < 0) return false;
    const ask = (request: number, ...fields: readonly bigint[]): boolean => ioctl(fd, request, Buffer.from(BigUint64Array.from(fields).buffer)) === 0;
    const watched = ask(uffdioApi, apiVersion, featureWpAsync, 0n) && pieces.map(({ address, bytes }) => ask(uffdioRegister, address, BigInt(bytes), modeWp, 0n)).some(Boolean);
    if (!watched) libc.func('int close(int fd)')(fd);
    return watched;
  } catch {
    return false; // another C library
  }
}

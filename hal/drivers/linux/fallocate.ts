import { loadKoffi } from './native.ts';

/** Makes the file at least `bytes` long with every block reserved; returns 0 or an errno (posix_fallocate(3)). */
export type Fallocate = (fd: number, bytes: number) => Promise<number>;

let loading: Promise<Fallocate | null> | null = null;

/**
 * posix_fallocate of the C library, in koffi's worker pool; null when this build or C library has no such function (musl
 * exports no 64-bit name). Node itself offers no way to reserve blocks. Loaded at the first need: a unit answers before it reserves.
 */
export function loadFallocate(): Promise<Fallocate | null> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Fallocate | null> {
  try {
    const koffi = await loadKoffi();
    const call = koffi.load(null).func('int posix_fallocate64(int fd, int64_t offset, int64_t length)');
    return (fd, bytes) =>
      new Promise((resolve, reject) => {
        call.async(fd, 0, bytes, (error: unknown, errno: number) => (error ? reject(error) : resolve(errno)));
      });
  } catch {
    return null;
  }
}

import { loadKoffi } from './native.ts';

/** Lets go of the pages of a file that are clean (posix_fadvise(3)); returns 0 or an errno. It waits for no disk. */
export type Fadvise = (fd: number) => number;

/** linux/fadvise.h; the same on every machine but s390. */
const POSIX_FADV_DONTNEED = 4;

let loading: Promise<Fadvise | null> | null = null;

/** null when this build or C library has no such function (musl exports no 64-bit name). */
export function loadFadvise(): Promise<Fadvise | null> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Fadvise | null> {
  try {
    const koffi = await loadKoffi();
    const call = koffi.load(null).func('int posix_fadvise64(int fd, int64_t offset, int64_t length, int advice)');
    return (fd) => call(fd, 0, 0, POSIX_FADV_DONTNEED) as number;
  } catch {
    return null;
  }
}

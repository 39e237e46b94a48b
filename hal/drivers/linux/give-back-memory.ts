import { loadKoffi } from './native.ts';

/**
 * malloc_trim(3): pages that the C library keeps of what was freed go back to the kernel. glibc keeps what unpacking the program took,
 * some 30 MiB, for as long as it runs; other C libraries give it back by themselves, and have no such call.
 */
export async function loadGiveBackMemory(): Promise<() => void> {
  try {
    const trim = (await loadKoffi()).load(null).func('int malloc_trim(size_t pad)');
    return () => void trim(0);
  } catch {
    return () => undefined;
  }
}

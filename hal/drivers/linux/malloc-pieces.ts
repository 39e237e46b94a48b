import { loadKoffi } from './native.ts';

/** Fields of glibc's struct mallinfo2 (mallinfo(3)), each a size_t. */
const fields = ['arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks', 'fordblks', 'keepcost'] as const;

/** How to ask malloc for the bytes that it asked of the kernel piece by piece; null = another C library, or one from before 2021. */
export async function loadMallocPieces(): Promise<(() => number) | null> {
  try {
    const koffi = await loadKoffi();
    const mallinfo = koffi.load(null).func('mallinfo2', koffi.struct(Object.fromEntries(fields.map((field) => [field, 'size_t']))), []);
    return () => Number((mallinfo() as Record<(typeof fields)[number], number>).hblkhd);
  } catch {
    return null;
  }
}

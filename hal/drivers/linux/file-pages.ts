import type { Mapping } from './smaps.ts';

/** madvise(2). */
export const madvDontneed = 4;

/**
 * Those mappings whose pages can be read from their file again at any time. Left out is what can be written to, and what has pages of its own: code that
 * the linker has changed looks as if it could be read again, and would come back as it was before. Left out is too what goes with its thread, so
 * that something else may lie there a moment later: addons, whose files have no name, and each thread's copies of pieces of the program, which
 * follow the first.
 */
export function cleanFilePieces(mappings: readonly Mapping[]): Mapping[] {
  const seen = new Map<string, number>();
  return mappings.filter(({ mode, name, offset, bytes, residentBytes, clean }) => {
    if (!name.startsWith('/')) return false;
    const before = seen.get(name) ?? 0;
    seen.set(name, Math.max(before, offset + bytes));
    return /^r-[x-]p$/.test(mode) && offset >= before && !name.endsWith(' (deleted)') && clean && residentBytes > 0;
  });
}

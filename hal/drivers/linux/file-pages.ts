import type { Mapping } from './smaps.ts';

/** madvise(2). */
export const madvDontneed = 4;

/**
 * Those mappings whose pages can be read from their file again at any time. Left out is what can be written to, and what has pages of its own: code that
 * the linker has changed looks as if it could be read again, and would come back as it was before. Left out is too what goes with its thread, so
 * that something else may lie there a moment later: addons, whose files have no name, and each thread's copies of pieces of the program. Copies
 * lie anywhere, also below the program; a piece counts only where the loader has put the whole file, from its beginning on, one piece after the other.
 */
export function cleanFilePieces(mappings: readonly Mapping[]): Mapping[] {
  const images = new Set<string>();
  let image: { readonly name: string; readonly end: bigint; readonly offset: number } | null = null;
  return mappings.filter((mapping) => {
    const { address, bytes, mode, name, offset, residentBytes, clean } = mapping;
    const begins = offset === 0 && name.startsWith('/') && !images.has(name);
    const goesOn = image !== null && name === image.name && address >= image.end && offset > image.offset && address - image.end <= gapBytes;
    if (begins) images.add(name);
    else if (!goesOn) {
      if (name !== '' || image === null) image = null; // what has no name, the file's zeroed memory, may lie between its pieces
      return false;
    }
    image = { name, end: address + BigInt(bytes), offset };
    return /^r-[x-]p$/.test(mode) && !name.endsWith(' (deleted)') && clean && residentBytes > 0;
  });
}

/** Between two pieces of one file the loader leaves at most what aligns the next one (ELF p_align). */
const gapBytes = 2n * 1024n * 1024n;

import { readFileSync } from 'node:fs';
import { cleanFilePieces, madvDontneed } from './file-pages.ts';
import type { Koffi } from './native.ts';
import { loadKoffi } from './native.ts';
import { bringPagesSingly } from './page-faults.ts';
import type { Mapping } from './smaps.ts';
import { parseSmaps } from './smaps.ts';

/** mallopt(3). */
const mTrimThreshold = -1;
const mMmapThreshold = -3;

/** From this size on, a piece of memory is asked of the kernel by itself, and is gone when it is freed. */
const ownPieceBytes = 256 * 1024;
/** So much may lie free at the end of the C library's memory. */
const sparedBytes = 1024 * 1024;

/** Neither throws: what a machine has not, is left out. */
export interface GiveBack {
  /** What was freed; milliseconds. */
  readonly freed: () => void;
  /** Which pieces the program has; milliseconds, the first time only. */
  readonly lookUp: () => void;
  /** Pages of the program that are not in use; microseconds when they have been looked up, which is done if it was not. */
  readonly program: () => void;
}

const nothing = (): void => undefined;

export async function loadGiveBack(): Promise<GiveBack> {
  const koffi = await loadKoffi().catch(() => null);
  if (koffi === null) return { freed: nothing, lookUp: nothing, program: nothing };
  settleMalloc(koffi);
  return { freed: trimmer(koffi), ...pageForgetter(koffi) };
}

/**
 * glibc learns from each large piece that is freed to keep the next one: after one PIN was hashed, 16 MiB for each of four threads stay in its hands. A
 * threshold that is set is not learnt.
 */
function settleMalloc(koffi: Koffi): void {
  try {
    const mallopt = koffi.load(null).func('int mallopt(int parameter, int value)');
    mallopt(mMmapThreshold, ownPieceBytes);
    mallopt(mTrimThreshold, sparedBytes);
  } catch {
    // Another C library.
  }
}

/**
 * malloc_trim(3): pages that the C library keeps of what was freed go back to the kernel. glibc keeps what unpacking the program took
 * for as long as it runs; other C libraries give it back by themselves, and have no such call.
 */
function trimmer(koffi: Koffi): () => void {
  try {
    const trim = koffi.load(null).func('int malloc_trim(size_t pad)');
    return () => void trim(0);
  } catch {
    return nothing;
  }
}

/**
 * What the start has touched of the program's own file and its libraries, some 30 of 48 MiB, is not needed again: the snapshot of V8's heap, and what lay
 * beside it and was mapped along. Later the same goes for what calls have touched once. The pages stay in the kernel's cache; those that are used
 * come back by themselves, some hundred in all, without a read from the disk. Which pieces there are is looked up once: none of them goes away.
 */
function pageForgetter(koffi: Koffi): Pick<GiveBack, 'lookUp' | 'program'> {
  try {
    const madvise = koffi.load(null).func('int madvise(uint64_t address, size_t length, int advice)');
    let pieces: readonly Mapping[] | null = null;
    const known = (): readonly Mapping[] => {
      if (pieces === null) bringPagesSingly(koffi, (pieces = piecesOfProgram()));
      return pieces;
    };
    return {
      lookUp: () => void known(),
      program: () => known().forEach(({ address, bytes }) => madvise(address, bytes, madvDontneed)),
    };
  } catch {
    return { lookUp: nothing, program: nothing };
  }
}

/** None where the kernel has no smaps: then the pages stay. */
function piecesOfProgram(): readonly Mapping[] {
  try {
    return cleanFilePieces(parseSmaps(readFileSync('/proc/self/smaps', 'utf8')));
  } catch {
    return [];
  }
}

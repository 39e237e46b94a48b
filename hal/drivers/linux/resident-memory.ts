import type { Mapping } from './smaps.ts';

/** What of this process is in the machine's memory, by what it belongs to; bytes. */
export interface ResidentMemory {
  readonly all: number;
  /** Code and constants of Node.js, libraries and addons: pages of files. */
  readonly program: number;
  /** What the C library's malloc has, in its heap and its arenas, in use or not. */
  readonly malloc: number;
}

/** glibc's malloc: an arena that is not the first begins at a multiple of this (HEAP_MAX_SIZE where pointers have 64 bits). */
const arenaBytes = 64n * 1024n * 1024n;

/** @param ownPieces of malloc's, those that it asked for one by one (mallinfo2's hblkhd): they look like anybody's memory */
export function residentMemory(mappings: readonly Mapping[], ownPieces: number): ResidentMemory {
  const sum = (of: (mapping: Mapping) => boolean): number => mappings.reduce((bytes, mapping) => bytes + (of(mapping) ? mapping.residentBytes : 0), 0);
  return {
    all: sum(() => true),
    program: sum(({ name }) => name.startsWith('/')),
    malloc: sum(({ name, mode, address }) => name === '[heap]' || (name === '' && mode === 'rw-p' && address % arenaBytes === 0n)) + ownPieces,
  };
}

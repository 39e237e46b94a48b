// Modules that exist only in what the build makes.

/** What this file was built from. */
declare module 'understudy:build' {
  /** Of package.json. */
  export const version: string;
  /** Twelve digits of the commit, with '-modified' when the tree differed from it; 'unknown' outside a repository. */
  export const commit: string;
  /** The folder below board/ whose entry.ts this is. */
  export const board: string;
}

/** The spoken prompts of all languages. */
declare module 'understudy:prompts' {
  /** The front of the voiced prompt bank; empty when this file was built without voices. */
  export function bank(): Uint8Array;
  /** A prompt of it, read and unpacked; see `Unpack` of firmware/media. */
  export function voice(offset: number, bytes: number): Uint8Array;
}

/** The synthesiser of English. */
declare module 'understudy:speech' {
  /** Its WebAssembly module, unpacked at each call: only the thread that speaks needs it, once. */
  export function flite(): Uint8Array;
}

/** The engine of databases. */
declare module 'understudy:sqlite' {
  /** Its WebAssembly module, unpacked at each call: only the thread of databases needs it, once. */
  export function sqlite(): Uint8Array;
}

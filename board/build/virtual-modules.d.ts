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
  /** The voiced prompt bank, unpacked at the first call; empty when this file was built without voices. */
  export function bank(): Uint8Array;
}

/** The native addons that travel inside this file, packed. Only the loader uses it. */
declare module 'understudy:addons' {
  /** By '<name> <platform>-<arch>', for example 'koffi linux-x64': base64 of the brotli-packed shared library. */
  export const addons: Readonly<Record<string, string>>;
}

// Part of every built file: gets a native addon that is packed inside the file into the process. The dynamic linker wants
// a file, so it gets one that has no name and needs no clean-up: O_TMPFILE, reached through /proc/self/fd.
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { threadId } from 'node:worker_threads';
import { section, sectionNames } from './sections.ts';

/** open(2): __O_TMPFILE | O_DIRECTORY; node:fs has no name for it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

const loaded = new Map<string, unknown>();

/** Never closed: the linker knows a library by its path, and a number used again would bring back the older library. */
const kept: number[] = [];

export class NativeAddonError extends Error {
  readonly id = 'native-addon';

  constructor(addon: string, detail: string) {
    super(`${addon}: ${detail}`);
    this.name = 'NativeAddonError';
  }
}

/** The exports of an addon that is packed in this file. Throws NativeAddonError when there is none for this machine or no folder lets it run. */
export function loadAddon(name: string): unknown {
  if (!loaded.has(name)) loaded.set(name, loadPacked(name, packed(name)));
  return loaded.get(name);
}

function packed(name: string): Uint8Array {
  const machine = `${process.platform}-${process.arch}`;
  // One that knows a single version of Node says which.
  const library = section(`${name} ${machine}`) ?? section(`${name} ${machine} abi${process.versions.modules}`);
  if (library !== null) return library;
  const have = sectionNames().filter((one) => one.startsWith(`${name} `)).join(', ') || 'none';
  throw new NativeAddonError(name, `not packed for ${machine} abi${process.versions.modules} (packed: ${have})`);
}

function loadPacked(name: string, library: Uint8Array): unknown {
  const refusals: string[] = [];
  for (const folder of candidateFolders()) {
    try {
      return loadFrom(folder, library);
    } catch (error) {
      refusals.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const advice = 'set UNDERSTUDY_NATIVE_DIR to a writable folder on a file system mounted without noexec';
  throw new NativeAddonError(name, `no folder lets it run; ${advice}\n  ${refusals.join('\n  ')}`);
}

function candidateFolders(): string[] {
  const chosen = process.env['UNDERSTUDY_NATIVE_DIR'];
  return chosen ? [chosen] : ['/run', '/dev/shm', tmpdir(), '/var/tmp'];
}

function loadFrom(folder: string, library: Uint8Array): unknown {
  const file = openSync(folder, constants.O_RDWR | O_TMPFILE, 0o700);
  try {
    for (let written = 0; written < library.length; ) written += writeSync(file, library, written);
    const module = { exports: {} };
    process.dlopen(module, uniquePath(file));
    kept.push(file);
    return module.exports;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** A worker's files are closed with it, so its numbers do come back: each thread spells the path in its own way. */
function uniquePath(file: number): string {
  return `/proc/self/fd/${'./'.repeat(threadId)}${file}`;
}

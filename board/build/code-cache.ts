// Part of every built file: keeps the code, unpacked, and what V8 has made of it, so that the next start need do neither again. See loader.cjs, which reads it.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Script } from 'node:vm';

/** Given by the loader where there is a place to keep compiled code. */
interface Compiled {
  readonly script: Script;
  /** Latin-1: the code, as a function. */
  readonly text: string;
  readonly place: { readonly folder: string; readonly file: string; readonly key: string };
  /** Of the compiled code that this start has found and used; 0 = it has compiled the text itself. */
  readonly keptBytes: number;
}

const slot = Symbol.for('understudy.compiled');
const holder = globalThis as unknown as Record<symbol, Compiled | null | undefined>;

/** Of two threads and a few releases, of this user's units on this machine. */
const filesKept = 8;
/** What is kept is replaced when it has grown by so much: a first call adds 3.5 %, forty more calls less than another one. */
const worthKeeping = 1.015;

/** This start has found nothing to use. */
export const keepsCode = (): boolean => (holder[slot] ?? null)?.keptBytes === 0;
/** There is a place to keep code, and it has not been kept by this start. */
export const mayKeepCode = (): boolean => (holder[slot] ?? null) !== null;

/**
 * Writes the compiled code of this thread, with all functions that have run by now, where the next start looks for it; once, and only where this start has found
 * none, or has compiled so much more since that the next one would miss it. Takes some 10 to 50 ms of the thread. Nothing depends on it: what the disk refuses is left, and a file that is not whole is not used.
 */
export function keepCode(): void {
  try {
    const found = toKeep();
    if (found === null) return;
    const { parts, unfinished, file, folder } = found;
    try {
      writeFileSync(unfinished, Buffer.concat(parts), { mode: 0o600, flag: 'wx' });
      renameSync(unfinished, file);
    } finally {
      rmSync(unfinished, { force: true });
    }
    removeOld(folder);
  } catch {
    // The next start compiles again.
  }
}

/** The same while the unit runs: the disk is waited for elsewhere, and what is there is replaced only by what is whole and safely on it. Never rejects. */
export async function keepCodeMeanwhile(): Promise<void> {
  try {
    const found = toKeep();
    if (found === null) return;
    const { parts, unfinished, file, folder } = found;
    try {
      const handle = await open(unfinished, 'wx', 0o600);
      try {
        for (const part of parts) await handle.writeFile(part); // all of it, or an error: one `writev` may end early on a disk that is full
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
    } finally {
      await rm(unfinished, { force: true });
    }
    removeOld(folder);
  } catch {
    // The next start compiles again.
  }
}

interface ToKeep {
  readonly parts: readonly Buffer[];
  readonly folder: string;
  readonly file: string;
  /** Its name until it is whole. */
  readonly unfinished: string;
}

/** Once; null = there is nothing, it is not worth it, or the folder is not ours. */
function toKeep(): ToKeep | null {
  const compiled = holder[slot] ?? null;
  holder[slot] = null;
  if (compiled === null) return null;
  const { script, text, place: { folder, file, key }, keptBytes } = compiled;
  const data = script.createCachedData();
  if (data.length < keptBytes * worthKeeping || !isOurs(folder)) return null;
  const source = Buffer.from(text, 'latin1');
  const sum = createHash('sha256').update(key).update(source).update(data).digest();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { parts: [sum, source, data], folder, file, unfinished: `${file}.${process.pid}` };
}

/** Whether the folder, or what it is to be made in, belongs to this user alone: root makes nothing in the home of another, and nobody where another may put a link. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return folder !== dirname(folder) && isOurs(dirname(folder));
  return found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0;
}

/** Also what a power cut left unfinished. */
function removeOld(folder: string): void {
  const aged = readdirSync(folder)
    .filter((name) => /^[a-z]+-[0-9a-f]{32}\.v8(\.\d+)?$/.test(name))
    .map((name) => ({ file: join(folder, name), at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.at - one.at);
  for (const { file } of aged.slice(filesKept)) rmSync(file, { force: true });
}

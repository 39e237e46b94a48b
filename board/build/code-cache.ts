// Part of every built file: keeps the code, unpacked, and what V8 has made of it, so that the next start need do neither again. See loader.cjs, which reads it.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Script } from 'node:vm';

/** Given by the loader where this start has compiled the code itself and there is a place to keep it. */
interface Compiled {
  readonly script: Script;
  /** Latin-1: the code, as a function. */
  readonly text: string;
  readonly place: { readonly folder: string; readonly file: string; readonly key: string };
}

const slot = Symbol.for('understudy.compiled');
const holder = globalThis as unknown as Record<symbol, Compiled | null | undefined>;

/** Of two threads and a few releases, of this user's units on this machine. */
const filesKept = 8;

export const keepsCode = (): boolean => (holder[slot] ?? null) !== null;

/**
 * Writes the compiled code of this thread, with all functions that have run by now, where the next start looks for it; once, and only where this start has found
 * none. Takes some 10 to 50 ms of the thread. Nothing depends on it: what the disk refuses is left, and a file that is not whole is not used.
 */
export function keepCode(): void {
  const compiled = holder[slot] ?? null;
  holder[slot] = null;
  if (compiled === null) return;
  const { script, text, place } = compiled;
  try {
    const whole = Buffer.concat([Buffer.from(text, 'latin1'), script.createCachedData()]);
    const sum = createHash('sha256').update(place.key).update(whole).digest();
    if (!isOurs(place.folder)) return;
    mkdirSync(place.folder, { recursive: true, mode: 0o700 });
    const unfinished = `${place.file}.${process.pid}`;
    try {
      writeFileSync(unfinished, Buffer.concat([sum, whole]), { mode: 0o600, flag: 'wx' });
      renameSync(unfinished, place.file);
    } finally {
      rmSync(unfinished, { force: true });
    }
    removeOld(place.folder);
  } catch {
    // The next start compiles again.
  }
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

import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { mostDatabaseBytes } from '../../database.ts';
import { HalError } from '../../errors.ts';
import { halError } from '../linux/errno.ts';

/** How a file stands: another mark, another content. */
export interface FileMark {
  readonly mark: string;
  readonly mode: number;
}

const header = 'SQLite format 3\0';
/** Offsets of the versions for writing and reading; 2 = write-ahead log (SQLite file format 1.3.3). */
const versions = [18, 19] as const;

/** Errors: not-found, permission-denied, too-large, unsupported, io. */
export async function markOf(file: string): Promise<FileMark> {
  const found = await stat(file).catch((error: unknown) => Promise.reject(halError(file, error)));
  if (!found.isFile()) throw new HalError('unsupported', file, 'this is no file');
  if (found.size > mostDatabaseBytes) throw new HalError('too-large', file, `a database has at most ${mostDatabaseBytes} bytes, and this one has ${found.size}`);
  return { mark: `${found.ino} ${found.size} ${found.mtimeMs} ${await logBytes(file)}`, mode: found.mode & 0o777 };
}

/** Of the write-ahead log beside it. */
const logBytes = async (file: string): Promise<number> => (await stat(`${file}-wal`).catch(() => null))?.size ?? 0;

/** The bytes as an engine in memory takes them. Errors: as above. */
export async function databaseBytes(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((error: unknown) => Promise.reject(halError(file, error)));
  if (bytes.length > 0 && bytes.toString('latin1', 0, header.length) !== header) throw new HalError('unsupported', file, 'this is no SQLite database');
  if (!versions.some((at) => bytes[at] === 2)) return bytes;
  if ((await logBytes(file)) > 0) throw new HalError('unsupported', file, 'its last changes lie in a write-ahead log beside it; close the program that writes it, or use PRAGMA journal_mode=DELETE');
  for (const at of versions) bytes[at] = 1;
  return bytes;
}

/** Old or new, whenever the power goes. Errors: no-space, read-only, permission-denied, io. */
export async function replaceDatabase(file: string, bytes: Uint8Array, mode: number): Promise<void> {
  const beside = `${file}.new`;
  try {
    const written = await open(beside, 'w', mode);
    try {
      await written.writeFile(bytes);
      await written.chmod(mode);
      await written.sync();
    } finally {
      await written.close();
    }
    await rename(beside, file);
    const folder = await open(dirname(file), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw halError(file, error);
  }
}

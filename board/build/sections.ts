// Part of every built file: reads what is packed at its end. See loader.cjs, which has done so for the code itself.
import { readSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** Given by the loader: the file's name; the file, open, for all threads; its size; where each section lies, [characters from the end, length]; checksum and length
 * of each thread's code; the loader itself. */
interface Payload {
  readonly name: string;
  readonly file: number;
  readonly size: number;
  readonly table: Readonly<Record<string, readonly [number, number]>>;
  readonly programs: Readonly<Record<string, { readonly sum: string; readonly bytes: number }>>;
  readonly run: string;
}

export const payload = (globalThis as unknown as Record<symbol, Payload>)[Symbol.for('understudy.payload')] as Payload;

export const sectionNames = (): readonly string[] => Object.keys(payload.table);

/** Unpacked anew at each call. null = this file carries none of that name. Throws when the file is cut off. */
export function section(name: string): Buffer | null {
  const place = payload.table[name];
  return place === undefined ? null : brotliDecompressSync(bytesAt(name, place[0], place[1]));
}

/** Of a section whose parts are packed one by one: that of so many bytes. Throws when the file is cut off or damaged. */
export function unpackedPart(name: string, offset: number, bytes: number): Buffer {
  const place = payload.table[name];
  if (place === undefined) throw new Error(`the program's file carries no ${name}`);
  // Four characters are three bytes.
  const first = Math.floor(offset / 3);
  const groups = Math.ceil((offset + bytes) / 3) - first;
  const around = bytesAt(name, place[0] - 4 * first, Math.min(4 * groups, place[1] - 4 * first));
  return brotliDecompressSync(around.subarray(offset - 3 * first, offset - 3 * first + bytes));
}

function bytesAt(name: string, fromEnd: number, length: number): Buffer {
  const text = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const count = readSync(payload.file, text, at, length - at, payload.size - fromEnd + at);
    if (count === 0) throw new Error(`the program's file is cut off: section ${name} is not whole`);
    at += count;
  }
  return Buffer.from(text.toString('latin1'), 'base64');
}

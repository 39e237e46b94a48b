/** A piece of a file in the memory of this process, that nobody has written to: its pages can be read from the file again at any time. */
export interface FilePiece {
  readonly address: bigint;
  readonly bytes: number;
  readonly residentBytes: number;
}

/** madvise(2). */
export const madvDontneed = 4;

/** Kilobytes of a piece that are not as in the file, or are held in place. */
const ownPages: ReadonlySet<string> = new Set(['Anonymous', 'Private_Dirty', 'Shared_Dirty', 'Locked']);

/** `7f1c50a0c000-7f1c50a72000 r-xp 00009000 fe:01 1234   /usr/bin/node`: from, to, place in the file, name. */
const head = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p ([0-9a-f]+) \S+ \d+ +(\/.*)$/;

/**
 * Those pieces in the text of /proc/self/smaps. Left out is what can be written to, and what has pages of its own: code that the linker has changed
 * looks as if it could be read again, and would come back as it was before. Left out is too what goes with its thread, so that something else may
 * lie there a moment later: addons, whose files have no name, and each thread's copies of pieces of the program, which follow the first.
 */
export function cleanFilePieces(smaps: string): FilePiece[] {
  const pieces: FilePiece[] = [];
  const seen = new Map<string, number>();
  let open: { address: bigint; bytes: number; residentBytes: number } | null = null;
  for (const line of smaps.split('\n')) {
    const [, from = '', to = '', offset = '', name = ''] = head.exec(line) ?? [];
    if (from !== '') {
      const [bytes, place] = [Number.parseInt(to, 16) - Number.parseInt(from, 16), Number.parseInt(offset, 16)];
      const copied = place < (seen.get(name) ?? 0);
      seen.set(name, Math.max(seen.get(name) ?? 0, place + bytes));
      open = copied || name.endsWith(' (deleted)') ? null : { address: BigInt(`0x${from}`), bytes, residentBytes: 0 };
      continue;
    }
    if (/^[0-9a-f]+-/.test(line)) open = null;
    if (open === null) continue;
    const [, count, kilobytes] = /^(\w+): +(\d+) kB$/.exec(line) ?? [];
    if (count === 'Rss') open.residentBytes = Number(kilobytes) * 1024;
    else if (ownPages.has(count ?? '') && kilobytes !== '0') open = null;
    // The last line of each.
    else if (line.startsWith('VmFlags:')) {
      if (open.residentBytes > 0) pieces.push(open);
      open = null;
    }
  }
  return pieces;
}

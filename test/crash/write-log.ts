/**
 * Reads a log of block writes in the format of the kernel's dm-log-writes (little endian), as qemu's blklogwrites driver keeps it:
 *
 *   superblock:  magic u64 · version u64 · entries u64 · sector size u32            one sector
 *   entry:       sector u64 · count u64 · flags u64 · data length u64               one sector, then `count` sectors of data
 */
export interface LogEntry {
  /** 'discard' has no data: what the sectors hold from then on is anybody's guess. */
  readonly kind: 'write' | 'flush' | 'discard';
  /** Forced unit access: durable by itself. */
  readonly fua: boolean;
  /** Where on the disk, in bytes. */
  readonly at: number;
  readonly data: Uint8Array;
  /** Length of the log when this entry was in it. */
  readonly end: number;
}

const magic = 0x6a736677736872n;
const flag = { flush: 1n, fua: 2n, discard: 4n } as const;
const superblockBytes = 28;

/** All whole entries, oldest first. The count in the superblock is not believed: it is written now and then only. */
export function parseWriteLog(log: Uint8Array): LogEntry[] {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  if (log.length < superblockBytes || view.getBigUint64(0, true) !== magic) throw new Error('not a log of writes');
  const sector = view.getUint32(24, true);
  const entries: LogEntry[] = [];
  for (let at = sector; at + sector <= log.length; ) {
    const entry = entryAt(log, view, at, sector);
    if (entry === null) break;
    entries.push(entry);
    at = entry.end;
  }
  return entries;
}

/** null: its data is not all there. */
function entryAt(log: Uint8Array, view: DataView, at: number, sector: number): LogEntry | null {
  const [first, count, flags] = [0, 8, 16].map((offset) => view.getBigUint64(at + offset, true)) as [bigint, bigint, bigint];
  const discard = (flags & flag.discard) !== 0n;
  const data = at + sector;
  const end = data + (discard ? 0 : Number(count) * sector);
  if (end > log.length) return null;
  const kind = discard ? 'discard' : (flags & flag.flush) !== 0n ? 'flush' : 'write';
  return { kind, fua: (flags & flag.fua) !== 0n, at: Number(first) * sector, data: log.subarray(data, end), end };
}

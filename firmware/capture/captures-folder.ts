import type { Storage } from '../../hal/storage.ts';

export const capturesFolder = 'captures';
/** Captures that are kept, and their size together; the oldest goes first. */
export const mostCaptures = 8;
export const mostCaptureBytes = 128 * 1024 * 1024;

export interface KeptCapture {
  readonly name: string;
  readonly bytes: number;
}

/** Oldest first: names begin with the time. Errors: HalError io. */
export async function keptCaptures(storage: Storage): Promise<readonly KeptCapture[]> {
  if ((await storage.stat(capturesFolder)) === null) return [];
  const names = (await storage.list(capturesFolder)).filter((name) => name.endsWith('.pcap')).sort();
  const kept: KeptCapture[] = [];
  for (const name of names) kept.push({ name, bytes: (await storage.stat(`${capturesFolder}/${name}`))?.bytes ?? 0 });
  return kept;
}

/** Removes the oldest until one more of `bytes` may come, of which the disk has `freeBytes` to spare; tells which. Errors: HalError read-only, io. */
export async function makeRoom(storage: Storage, bytes: number, freeBytes: number): Promise<readonly string[]> {
  const kept = [...(await keptCaptures(storage))];
  const gone: string[] = [];
  let free = freeBytes;
  const sum = (): number => kept.reduce((all, one) => all + one.bytes, 0);
  while (kept.length > 0 && (kept.length >= mostCaptures || sum() + bytes > mostCaptureBytes || free < bytes)) {
    const { name, bytes: freed } = kept.shift() as KeptCapture;
    free += freed;
    await storage.remove(`${capturesFolder}/${name}`);
    gone.push(name);
  }
  return gone;
}

/** '20260105-100000-call-7.pcap': sorts by time, in UTC; what a file name does not bear is left out. */
export function captureName(wallMs: number, what: string): string {
  const time = new Date(wallMs).toISOString().replace(/[-:]|\..*/g, '').replace('T', '-');
  return `${time}-${what.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, 40)}.pcap`;
}

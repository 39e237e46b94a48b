import { getHeapStatistics } from 'node:v8';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import type { ThreadMemory } from '../../process.ts';

const key = 'understudy memory of threads';
/** Threads that write their figures into one piece of shared memory, each into a row of its own: a thread that hangs is still seen, and none waits for another. */
const names = ['control', 'media', 'databases', 'speech', 'keys'] as const;
export type ThreadName = (typeof names)[number];

const columns = { atMs: 0, heap: 1, highestHeap: 2, buffers: 3, highestBuffers: 4 } as const;
const width = 5;
const everyMs = 5000;
/** A row that is older is that of a thread that has ended. */
const staleMs = 15_000;
let untouched: () => number = () => 0;

/** Begins to tell what this thread's heap and buffers take, now and every 5 s; the main thread first, for it makes the place. */
export function tellThreadMemory(name: ThreadName): void {
  if (isMainThread) setEnvironmentData(key, new SharedArrayBuffer(names.length * width * Float64Array.BYTES_PER_ELEMENT));
  const rows = table();
  if (rows === null) return;
  const row = rows.subarray(names.indexOf(name) * width, (names.indexOf(name) + 1) * width);
  write(row);
  setInterval(() => write(row), everyMs).unref();
}

/** Of this thread's buffers, what was never written to is from now on no part of what they are told to take: it is no page of the machine's memory. */
export function leaveOutUntouched(bytes: () => number): void {
  untouched = bytes;
}

/** A thread has ended: what it held belongs to nobody any more. */
export function forgetThreadMemory(name: string): void {
  const index = (names as readonly string[]).indexOf(name);
  if (index >= 0) table()?.fill(0, index * width, (index + 1) * width);
}

/** What each thread told last; one that has ended is left out, this one is looked at now. */
export function toldThreadMemory(): ThreadMemory[] {
  const rows = table();
  if (rows === null) return [];
  if (isMainThread) write(rows.subarray(0, width));
  return names.flatMap((name, index) => {
    const [atMs = 0, heapBytes = 0, highestHeapBytes = 0, bufferBytes = 0, highestBufferBytes = 0] = rows.subarray(index * width, (index + 1) * width);
    return atMs > 0 && Date.now() - atMs < staleMs ? [{ name, heapBytes, highestHeapBytes, bufferBytes, highestBufferBytes }] : [];
  });
}

function table(): Float64Array | null {
  const shared = getEnvironmentData(key);
  return shared instanceof SharedArrayBuffer ? new Float64Array(shared) : null;
}

function write(row: Float64Array): void {
  const heap = getHeapStatistics().total_physical_size;
  const buffers = Math.max(0, process.memoryUsage().arrayBuffers - untouched());
  row[columns.heap] = heap;
  row[columns.highestHeap] = Math.max(row[columns.highestHeap] ?? 0, heap);
  row[columns.buffers] = buffers;
  row[columns.highestBuffers] = Math.max(row[columns.highestBuffers] ?? 0, buffers);
  row[columns.atMs] = Date.now();
}

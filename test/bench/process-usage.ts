import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its threads have used. */
export interface Usage {
  readonly atMs: number;
  /** Of all threads, user and system. */
  readonly cpuMs: number;
  /** By the thread's id: the first is the control thread. */
  readonly threads: ReadonlyMap<number, number>;
}

export interface Memory {
  readonly rssMiB: number;
  /** Shared pages counted in part. */
  readonly pssMiB: number;
}

/** From the scheduler's own account in nanoseconds (Documentation/scheduler/sched-stats), which counts no ticks. */
export function usage(pid: number): Usage {
  const threads = new Map(readdirSync(`/proc/${pid}/task`).map((task) => [Number(task), threadMs(pid, task)]));
  return { atMs: performance.now(), cpuMs: [...threads.values()].reduce((sum, one) => sum + one, 0), threads };
}

/** Shares of one core between two looks. */
export function shareOf(before: Usage, after: Usage): { readonly all: number; readonly busiest: readonly number[] } {
  const ms = after.atMs - before.atMs;
  const each = [...after.threads].map(([id, used]) => (used - (before.threads.get(id) ?? 0)) / ms).sort((a, b) => b - a);
  return { all: (after.cpuMs - before.cpuMs) / ms, busiest: each.slice(0, 2) };
}

export function memory(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / 1024;
  return { rssMiB: of('Rss'), pssMiB: of('Pss') };
}

/** What a process gave to the disks so far, in bytes; what the file system adds is not in it. */
export function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? Number.NaN);
}

function threadMs(pid: number, task: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return 0; // it has ended
  }
}

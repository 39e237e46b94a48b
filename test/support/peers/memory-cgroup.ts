import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Need } from '../skip.ts';
import { memoryCgroupPlace } from './memory-cgroup-place.ts';

/** What a memory cgroup tells of those in it. */
export interface CgroupMemory {
  /** The most there was at one time, page cache included, in bytes; null where the kernel does not keep it. */
  readonly peakBytes: number | null;
  /** Now, of the processes alone: what cannot be given back. */
  readonly processBytes: number;
  /** How often the limit was met, at least: not every kernel counts. Giving page cache back is the rule then, and no harm. */
  readonly limitMet: number;
  /** Processes that were killed for it. */
  readonly killed: number;
}

interface Names {
  readonly limit: string;
  /** Of memory and swap together (v1), or of swap alone (v2); absent where swap is not counted. */
  readonly swap: string;
  readonly peak: string;
  readonly process: RegExp;
  /** With swap counted in, version 1 meets the limit of both together, and counts it apart. */
  readonly met: { readonly files: readonly string[]; readonly count: RegExp };
  readonly killed: { readonly file: string; readonly count: RegExp };
}

const v1: Names = { limit: 'memory.limit_in_bytes', swap: 'memory.memsw.limit_in_bytes', peak: 'memory.max_usage_in_bytes', process: /^rss (\d+)/m, met: { files: ['memory.failcnt', 'memory.memsw.failcnt'], count: /(\d+)/ }, killed: { file: 'memory.oom_control', count: /^oom_kill (\d+)/m } };
const v2: Names = { limit: 'memory.max', swap: 'memory.swap.max', peak: 'memory.peak', process: /^anon (\d+)/m, met: { files: ['memory.events'], count: /^max (\d+)/m }, killed: { file: 'memory.events', count: /^oom_kill (\d+)/m } };

const removeTries = 50;

/** A memory cgroup of its own for a program, of either version. It lies where the limits from above go on to hold. */
export class MemoryCgroup {
  readonly #folder: string;
  readonly #names: Names;
  readonly #limitBytes: number;
  readonly #atExit = (): void => this.remove();

  /** Errors: there is no place for one. */
  constructor(limitBytes: number) {
    const place = placeForOne();
    if (typeof place === 'string') throw new Error(place);
    this.#names = place.names;
    this.#limitBytes = limitBytes;
    this.#folder = path.join(place.folder, `understudy-${process.pid}-${Date.now()}`);
    mkdirSync(this.#folder);
    process.on('exit', this.#atExit);
    this.#write(this.#names.limit, limitBytes);
    try {
      this.#write(this.#names.swap, this.#names === v1 ? limitBytes : 0);
    } catch {
      // Swap is not counted here, or there is none.
    }
  }

  /** For `UnitChoices.within`: a shell that goes into the cgroup and becomes the program, so that its first byte counts. */
  get within(): readonly string[] {
    return ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', this.#folder];
  }

  look(): CgroupMemory {
    const { peak, process: own, met, killed } = this.#names;
    const peakText = this.#read(peak);
    const peakBytes = peakText === null ? null : Number(peakText);
    const counted = met.files.map((file) => this.#read(file)).reduce((sum, text) => sum + (text === null ? 0 : count(text, met.count)), 0);
    return {
      peakBytes,
      processBytes: count(this.#read('memory.stat'), own),
      limitMet: Math.max(counted, (peakBytes ?? 0) >= this.#limitBytes ? 1 : 0),
      killed: count(this.#read(killed.file), killed.count),
    };
  }

  /** Once all in it have ended. The kernel may still be busy with the last of them. */
  remove(): void {
    process.off('exit', this.#atExit);
    for (let tries = 0; tries < removeTries; tries++) {
      try {
        return rmdirSync(this.#folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
  }

  #write(file: string, value: number): void {
    writeFileSync(path.join(this.#folder, file), String(value));
  }

  #read(file: string): string | null {
    try {
      return readFileSync(path.join(this.#folder, file), 'utf8');
    } catch {
      return null;
    }
  }
}

/** For `testWith`. */
export const memoryCgroup: Need = {
  missing: () => {
    const place = placeForOne();
    return typeof place === 'string' ? place : undefined;
  },
};

const count = (text: string | null, pattern: RegExp): number => Number(pattern.exec(text ?? '')?.[1] ?? Number.NaN);

let found: { readonly folder: string; readonly names: Names } | string | undefined;

/** The folder to make one in, or why there is none. */
function placeForOne(): { readonly folder: string; readonly names: Names } | string {
  found ??= search();
  return found;
}

function search(): { readonly folder: string; readonly names: Names } | string {
  const place = memoryCgroupPlace(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
  if (place === null) return 'no memory cgroup is mounted';
  const names = place.version === 1 ? v1 : v2;
  return usable(place.folder, names) ?? { folder: place.folder, names };
}

/** Why no cgroup with a limit can be made there; null = it can. */
function usable(folder: string, { limit }: Names): string | null {
  const trial = path.join(folder, `understudy-trial-${process.pid}`);
  try {
    mkdirSync(trial);
  } catch (error) {
    return `no memory cgroup may be made here: ${(error as Error).message}`;
  }
  try {
    accessSync(path.join(trial, limit), constants.W_OK);
    return null;
  } catch {
    return `the cgroups in ${folder} have no memory limit`;
  } finally {
    rmdirSync(trial);
  }
}

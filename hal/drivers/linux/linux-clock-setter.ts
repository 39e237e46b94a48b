import { writeFileSync } from 'node:fs';
import type { ClockSetter } from '../../clock-setter.ts';
import { fromErrno } from './errno.ts';
import { loadLibc } from './libc.ts';

/** settimeofday(2) and adjtime(3), in struct timeval of 64-bit machines: seconds and microseconds, the latter never negative. */
export class LinuxClockSetter implements ClockSetter {
  readonly #mark: string;

  /** `mark`: a file that is made once the time has been told; the appliance's parent keeps the battery-backed clock by it. */
  constructor(mark: string) {
    this.#mark = mark;
  }

  async step(byMs: number): Promise<void> {
    const libc = await loadLibc();
    if (libc.settimeofday(timeval(Date.now() + byMs), null) < 0) throw fromErrno('clock', 'settimeofday', libc.errno());
  }

  async slew(byMs: number): Promise<void> {
    const libc = await loadLibc();
    if (libc.adjtime(timeval(byMs), null) < 0) throw fromErrno('clock', 'adjtime', libc.errno());
  }

  told(): void {
    try {
      writeFileSync(this.#mark, '');
    } catch {
      // Then the battery-backed clock stays as it is.
    }
  }
}

export function timeval(ms: number): BigInt64Array {
  const microseconds = BigInt(Math.round(ms * 1000));
  const seconds = microseconds / 1_000_000n - (microseconds % 1_000_000n < 0n ? 1n : 0n);
  return BigInt64Array.of(seconds, microseconds - seconds * 1_000_000n);
}

/**
 * Breaks on a serial line. With PARMRK the kernel says of a break FF 00 00, of a byte with a framing or parity error FF 00 and the byte, and
 * doubles an FF that was sent (termios(3)).
 */
import { fromErrno } from './errno.ts';
import type { Libc } from './libc.ts';

/** struct termios of the C library on Linux: four words of flags, the first for input. */
const termiosBytes = 60;
const inputFlags = { ignoreBreak: 0o1, breakInterrupts: 0o2, ignoreParity: 0o4, markParity: 0o10 } as const;
const setNow = 0;

/** Errors: HalError unsupported (not a terminal). */
export function markBreaks(libc: Libc, fd: number, device: string): void {
  const termios = Buffer.alloc(termiosBytes);
  if (libc.tcgetattr(fd, termios) < 0) throw fromErrno(device, 'tcgetattr', libc.errno());
  const kept = termios.readUInt32LE(0) & ~(inputFlags.ignoreBreak | inputFlags.breakInterrupts | inputFlags.ignoreParity);
  termios.writeUInt32LE((kept | inputFlags.markParity) >>> 0, 0);
  if (libc.tcsetattr(fd, setNow, termios) < 0) throw fromErrno(device, 'tcsetattr', libc.errno());
}

const mark = 0xff;

/** Takes the marks out, whatever pieces they come in. A byte with an error stays, as without marks: who reads it must bear noise anyway. */
export class BreakMarks {
  /** Bytes of a mark that have come: the FF, the 00 after it. */
  #seen: 0 | 1 | 2 = 0;
  #broke = false;

  /** In place; returns the bytes that are left. */
  unmark(bytes: Uint8Array): number {
    let kept = 0;
    for (const byte of bytes) {
      if (this.#seen === 0 && byte === mark) this.#seen = 1;
      else if (this.#seen === 1 && byte === 0) this.#seen = 2;
      else if (this.#seen === 2 && byte === 0) {
        this.#broke = true;
        this.#seen = 0;
      } else {
        bytes[kept++] = byte;
        this.#seen = 0;
      }
    }
    return kept;
  }

  /** Whether a break came since it was last asked. */
  takeBroke(): boolean {
    const broke = this.#broke;
    this.#broke = false;
    return broke;
  }
}

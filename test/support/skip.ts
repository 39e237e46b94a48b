// How a test says that it cannot run here. A skip is counted, and printed with its reason at the end of the suite; the
// runner fails uvu's own test.skip(), which gives none.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import { recordSkip } from './runner/ledger.ts';

/** Something a test needs of the machine: `missing` says in words why it is not there, or is undefined. */
export interface Need {
  missing(): string | undefined;
}

/** Records that the test `name` did not run, and why. */
export function skipTest(name: string, reason: string): void {
  recordSkip(name, reason);
}

/** The first reason why these needs are not met, or undefined when the test can run. A string names a command. */
export function requires(...needs: (Need | string)[]): string | undefined {
  for (const need of needs) {
    const reason = (typeof need === 'string' ? command(need) : need).missing();
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Registers a uvu test when every need is met, and a visible skip otherwise. */
export function testWith(needs: readonly (Need | string)[], name: string, body: () => unknown): void {
  const reason = requires(...needs);
  if (reason === undefined) test(name, () => body() as void | Promise<void>);
  else skipTest(name, reason);
}

/** A program on the PATH; `debianPackage` tells the reader where to get it. */
export function command(program: string, debianPackage?: string): Need {
  const hint = debianPackage === undefined ? '' : ` (Debian package ${debianPackage})`;
  return { missing: () => (onPath(program) ? undefined : `${program} is not installed${hint}`) };
}

/** A file or device that must exist and be usable for reading and writing, for example /dev/fuse. */
export function device(path: string): Need {
  return { missing: () => (existsSync(path) && allowed(path) ? undefined : `${path} is missing or may not be used`) };
}

export const root: Need = {
  missing: () => (process.getuid?.() === 0 ? undefined : 'needs root'),
};

/** Root in a container is often refused this. */
export const mounting: Need = {
  missing: () => (spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0 ? undefined : 'may not mount here'),
};

/** Root in a container is often refused this too, and so is whoever runs at idle priority. */
export const realTime: Need = {
  missing: () => (spawnSync('chrt', ['-f', '1', 'true']).status === 0 ? undefined : 'may not run in real time here'),
};

function onPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}

function allowed(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

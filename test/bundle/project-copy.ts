import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

export function runNode(args: readonly string[], cwd: string, env: Record<string, string> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env } });
  return { status, output: `${stdout}${stderr}` };
}

/** Those of this project. */
export const boards = (): string[] => readdirSync('board').filter((name) => existsSync(path.join('board', name, 'entry.ts')));

/** A copy of the product's sources in which a test may break things. `entries` replaces the entry of each board; null = they stay. */
export class ProjectCopy {
  readonly root: string;

  constructor(entries: string | null) {
    this.root = mkdtempSync(path.join(tmpdir(), 'project-'));
    for (const part of ['hal', 'firmware', 'board', 'build.mjs', 'package.json', 'package-lock.json']) {
      cpSync(part, path.join(this.root, part), { recursive: true });
    }
    symlinkSync(path.resolve('node_modules'), path.join(this.root, 'node_modules'));
    for (const board of entries === null ? [] : boards()) this.write(`board/${board}/entry.ts`, entries ?? '');
  }

  write(file: string, text: string): void {
    const place = path.join(this.root, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }

  build(...args: string[]): Outcome {
    return runNode(['build.mjs', '--silent-prompts', ...args], this.root);
  }

  /** The built file of a board by itself in an empty folder, as it would lie on a unit. */
  alone(board: string): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'alone-'));
    cpSync(path.join(this.root, 'dist', board, 'understudy.cjs'), path.join(folder, 'understudy.cjs'));
    return folder;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

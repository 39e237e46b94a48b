import { spawn } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import { HalError } from '../../errors.ts';
import { halError } from '../linux/errno.ts';

export interface RaucEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RaucOptions {
  /** The program, and words that come before all others. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** It writes some kilobytes; what goes on for ever is cut off. */
const mostOutputBytes = 256 * 1024;

/** It would take over the unit's better priority, and on one processor half of the time that callers wait for. */
const ordinaryNice = 0;

/** Runs the program to its end. `line`: each line of its output as it comes. Errors: unsupported (there is no such program), timed-out, io. */
export function runRauc({ command: [program, ...first], environment }: RaucOptions, words: readonly string[], limitMs: number, line: (text: string) => void = () => undefined): Promise<RaucEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...words], { env: { ...environment, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] });
    calmly(child.pid);
    const said = { stdout: '', stderr: '' };
    let unended = '';
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new HalError('timed-out', `rauc ${words[0] ?? ''}`, `it did not end within ${limitMs / 1000} s`));
    }, limitMs);
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] = (said[name] + text).slice(0, mostOutputBytes);
        if (name === 'stderr') return;
        const lines = (unended + text).split('\n');
        unended = (lines.pop() ?? '').slice(-4096);
        lines.forEach(line);
      });
    }
    child.once('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      reject(cause.code === 'ENOENT' ? new HalError('unsupported', program, 'this machine has no such program, so it has no firmware slots', cause) : halError(program, cause));
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, ...said });
    });
  });
}

/** Without effect where it is over already, or has less than that. */
function calmly(pid: number | undefined): void {
  try {
    if (pid !== undefined && getPriority(pid) < ordinaryNice) setPriority(pid, ordinaryNice);
  } catch {
    // It is over.
  }
}

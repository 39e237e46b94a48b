import { spawn } from 'node:child_process';

export interface ProgramEnd {
  readonly ok: boolean;
  /** How it ended, for a message: 'code 1', 'SIGKILL' (the time limit among others). */
  readonly how: string;
  readonly output: Buffer;
  readonly complaint: string;
}

/** Runs a program to its end. Rejects with Node's error (ENOENT) if it cannot be started. */
export function runProgram(file: string, args: readonly string[], input: string, limitMs: number): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'pipe' });
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const output: Buffer[] = [];
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
    child.on('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ ok: code === 0, how: signal ?? `code ${code}`, output: Buffer.concat(output), complaint: complaint.trim() });
    });
    child.stdin.on('error', () => {}); // a program that ended early says why by its code
    child.stdin.end(input);
  });
}

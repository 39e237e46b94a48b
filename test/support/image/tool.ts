import { spawnSync } from 'node:child_process';

const limitMs = 120_000;
const mostOutput = 256 * 1024 * 1024;

export interface ToolChoices {
  readonly cwd?: string;
  readonly input?: Uint8Array;
}

/** Runs a program to its end; returns what it prints. Errors: it does not end well within two minutes; with what it said. */
export function tool(file: string, words: readonly string[], choices: ToolChoices = {}): Buffer {
  const { status, stdout, stderr, error } = spawnSync(file, words, { ...choices, timeout: limitMs, maxBuffer: mostOutput });
  if (status !== 0) throw new Error(`${file} ${words.join(' ')}: ${error?.message ?? `${String(stdout)}${String(stderr)}`}`);
  return stdout;
}

import path from 'node:path';
import { Program } from '../support/peers/program.ts';
import type { Forgotten } from './forgetful-storage.ts';
import type { Tally } from './tally.ts';

/** One run of a workload, and the crash states made from it. */
export interface Series {
  readonly workload: 'store' | 'unit';
  /** A sync that the store's storage only pretends to make. */
  readonly forgotten: Forgotten | null;
  readonly states: number;
  readonly seed: number;
  /** Where states that break a promise are kept; null = nowhere. */
  readonly keep: string | null;
}

export interface Finding {
  readonly tally: Tally;
  /** Messages at the end of the workload. */
  readonly messages: number;
  /** States on which the unit itself was started. */
  readonly boots: number;
  readonly allowanceMs: number;
}

const limitMs = 180_000;

/** Runs a series in a process with mounts of its own. Errors: it failed. */
export async function runSeries(series: Series): Promise<Finding> {
  const child = path.join(process.env['UNDERSTUDY_TEST_BUILD'] ?? '', 'test/crash/ext4-replay.child.mjs');
  const words = ['--mount', '--propagation', 'private', process.execPath, '--enable-source-maps', child, JSON.stringify(series)];
  const program = new Program('unshare', words, { limitMs });
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`the series ended with code ${code}: ${program.tail()}`);
  return JSON.parse(program.stdout) as Finding;
}

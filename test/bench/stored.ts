import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeStoredFolder } from './stored-folder.ts';

export interface StoredAsk {
  readonly folder: string;
  readonly mailboxes: number;
  /** Whether it stops cleanly. */
  readonly clean: boolean;
  /** Whether what was deleted is due to go: one message of five. */
  readonly due: boolean;
}

/** Milliseconds and MiB; medians over mailboxes that were not used since the start. */
export interface StoredAnswer {
  readonly startMs: number;
  /** The first housekeeping, which also looks at what the start left for later. */
  readonly keepMs: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly logInMs: number;
  readonly listMs: number;
  readonly nextMs: number;
  readonly deleteMs: number;
  readonly housekeepMs: number;
  /** The longest turn of the loop during the second housekeeping, and during the first. */
  readonly worstDelayMs: number;
  readonly keepDelayMs: number;
  readonly closeMs: number;
  /** While it empties a full trash, for half a minute at most. */
  readonly purgedPerSec: number;
}

export interface StoredRun {
  /** The first start of all, which knows nothing. */
  readonly first: StoredAnswer;
  /** Killed after 40 mailboxes were used. */
  readonly killed: StoredAnswer;
  readonly clean: StoredAnswer;
  /** With a trash to empty, and no other figures. */
  readonly due: Pick<StoredAnswer, 'keepMs' | 'keepDelayMs' | 'purgedPerSec'>;
}

/** A store with so much on the disk: at its first start, after it was killed, after a clean stop, and while it empties all trash. */
export async function stored(mailboxes: number, messages: number, tell: (text: string) => void): Promise<StoredRun> {
  const folder = mkdtempSync(path.join(tmpdir(), 'stored-'));
  try {
    tell(`${mailboxes} mailboxes with ${messages} messages each in ${folder}`);
    makeStoredFolder({ folder, mailboxes, messages, firstMs: Date.UTC(2026, 0, 5, 9) });
    // What is still on its way to the disk would make the syncs of the store slow, and more so the more was generated.
    await promisify(execFile)('sync', ['--file-system', folder]);
    const ask = { folder, mailboxes, clean: true, due: false };
    const first = await run({ ...ask, clean: false });
    const killed = await run(ask);
    const clean = await run(ask);
    return { first, killed, clean, due: await run({ ...ask, clean: false, due: true }) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(ask: StoredAsk): Promise<StoredAnswer> {
  const child = path.join(path.dirname(process.argv[1] ?? ''), 'stored.child.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, JSON.stringify(ask)]);
  return JSON.parse(stdout) as StoredAnswer;
}

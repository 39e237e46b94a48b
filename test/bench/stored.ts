import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeStoredFolder } from './stored-folder.ts';
import { asByLoader, asByService } from './unit-flags.ts';

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
  /** While it empties a full trash, for a quarter of a minute at most. */
  readonly purgedPerSec: number;
}

export interface StoredRun {
  /** The first start of all, which knows nothing. */
  readonly first: StoredAnswer;
  /** Killed after 40 mailboxes were used. */
  readonly killed: StoredAnswer;
  /** Several, one after another: what is quick is measured often enough to be compared. */
  readonly clean: readonly StoredAnswer[];
  /** With a trash to empty, and no other figures. */
  readonly due: Pick<StoredAnswer, 'keepMs' | 'keepDelayMs' | 'purgedPerSec'>;
}

const cleanStarts = 5;
const marker = 'made.json';

/** `messages`: in each mailbox. `keptIn`: a folder that is made once and used by later runs; null = made for this one, and removed. */
interface StoreSize {
  readonly mailboxes: number;
  readonly messages: number;
  readonly keptIn: string | null;
}

/**
 * Stores with so much on the disk: at the first start, after a kill, after clean stops, and while all trash is emptied. They take turns at each, so that a
 * disk that is slow for a while is so for all of them.
 */
export async function stored(sizes: readonly StoreSize[], tell: (text: string) => void): Promise<StoredRun[]> {
  const places = sizes.map((size) => ({ ...size, around: size.keptIn ?? mkdtempSync(path.join(tmpdir(), 'stored-')) }));
  try {
    const asks: StoredAsk[] = [];
    for (const { around, mailboxes, messages } of places) asks.push({ folder: await filled(around, mailboxes, messages, tell), mailboxes, clean: true, due: false });
    const each = async (more: Partial<StoredAsk>): Promise<StoredAnswer[]> => {
      const answers: StoredAnswer[] = [];
      for (const ask of asks) answers.push(await run({ ...ask, ...more }));
      return answers;
    };
    tell('first start of all');
    const first = await each({ clean: false });
    tell('starts after a kill and after clean stops');
    const killed = await each({});
    const clean: StoredAnswer[][] = [];
    for (let start = 0; start < cleanStarts; start++) clean.push(await each({}));
    tell('emptying the trash');
    const due = await each({ clean: false, due: true });
    return asks.map((_, at) => ({ first: first[at] as StoredAnswer, killed: killed[at] as StoredAnswer, clean: clean.map((answers) => answers[at] as StoredAnswer), due: due[at] as StoredAnswer }));
  } finally {
    for (const { keptIn, around } of places) if (keptIn === null) rmSync(around, { recursive: true, force: true });
  }
}

/** The data folder in it: as generated, or as an earlier run left it, whose summary goes. */
async function filled(around: string, mailboxes: number, messages: number, tell: (text: string) => void): Promise<string> {
  const [folder, made] = [path.join(around, 'data'), path.join(around, marker)];
  const wanted = JSON.stringify({ mailboxes, messages });
  if (existsSync(made) && readFileSync(made, 'utf8') === wanted) {
    tell(`${mailboxes} mailboxes with ${messages} messages each, as they lie in ${folder}`);
    for (const name of readdirSync(folder)) if (name.startsWith('summary')) rmSync(path.join(folder, name));
    return folder;
  }
  if (existsSync(folder)) throw new Error(`${folder} holds something else than ${wanted}: remove it, or name another folder`);
  tell(`${mailboxes} mailboxes with ${messages} messages each are made in ${folder}`);
  mkdirSync(around, { recursive: true });
  makeStoredFolder({ folder, mailboxes, messages, firstMs: Date.UTC(2026, 0, 5, 9) }, tell);
  // What is still on its way to the disk would make the syncs of the store slow, and more so the more was generated.
  await promisify(execFile)('sync', ['--file-system', folder]);
  writeFileSync(made, wanted);
  return folder;
}

async function run(ask: StoredAsk): Promise<StoredAnswer> {
  const child = path.join(path.dirname(process.argv[1] ?? ''), 'stored.child.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [...asByLoader, '--expose-gc', child, JSON.stringify(ask)], { env: { ...process.env, ...asByService } });
  return JSON.parse(stdout) as StoredAnswer;
}

import type { WallMs } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import { writeDurably } from '../site/durable-file.ts';
import type { Fault } from './fault.ts';
import { maxConfigurationBytes, parseConfiguration } from './parse-configuration.ts';
import type { Parsed } from './parse-configuration.ts';
import type { Settings } from './settings.ts';

/**
 * Which configuration a start uses. The person's own file is only read here; what is kept lies in the data folder:
 *
 *   own file good ──> used, and kept as last-good.yaml
 *   own file bad  ──> copied to rejected-<time>.yaml, last-good.yaml used, faults told
 *                     without a last-good.yaml: no start
 */
export type Start =
  /** `notKept`: why the text could not be kept as last good; the unit runs all the same. */
  | { readonly from: 'file'; readonly settings: Settings; readonly text: string; readonly notKept: string | null }
  /** `setAside`: where the copy of the bad file lies; null when there is none. */
  | { readonly from: 'last-good'; readonly settings: Settings; readonly text: string; readonly faults: readonly Fault[]; readonly setAside: string | null }
  | { readonly from: 'nowhere'; readonly faults: readonly Fault[] };

const folder = 'config';
export const lastGoodPath = `${folder}/last-good.yaml`;
/** Rejected copies kept; the oldest goes first. */
export const rejectedKept = 5;

/** The file as the person left it: its text, or why it cannot be read. */
export type OwnFile = { readonly name: string; readonly text: string } | { readonly name: string; readonly unreadable: string };

/** At the start of the unit. Throws nothing; what the storage refuses is in the result. */
export async function startConfiguration(file: OwnFile, storage: Storage, now: WallMs): Promise<Start> {
  if ('unreadable' in file) return fallBack(storage, [fault(file.name, `cannot be read: ${file.unreadable}`)], async () => null);
  const own = parseConfiguration(file.text, file.name);
  if (!own.ok) return fallBack(storage, own.faults, () => setAsideCopy(storage, file.text, now));
  return { from: 'file', settings: own.settings, text: file.text, notKept: await refusal(keepLastGood(storage, file.text)) };
}

async function fallBack(storage: Storage, faults: readonly Fault[], setAside: () => Promise<string | null>): Promise<Start> {
  const last = await lastGood(storage);
  if (!last.ok) return { from: 'nowhere', faults: [...faults, ...last.faults] };
  return { from: 'last-good', settings: last.settings, text: last.text, faults, setAside: await setAside() };
}

async function lastGood(storage: Storage): Promise<Parsed & { readonly text: string }> {
  const kept = await readText(storage, lastGoodPath);
  if (typeof kept === 'string') return { ...parseConfiguration(kept, lastGoodPath), text: kept };
  const nothing = kept.id === 'not-found' ? 'is not there: no earlier start had a good configuration' : `cannot be read: ${kept.message}`;
  return { ok: false, faults: [fault(lastGoodPath, nothing)], text: '' };
}

/** Makes a text that was found good, and works, the one to fall back on. Durable when it resolves. Errors: HalError no-space, read-only, io. */
export async function keepLastGood(storage: Storage, text: string): Promise<void> {
  if ((await readText(storage, lastGoodPath)) === text) return;
  if ((await storage.stat(folder)) === null) {
    await storage.makeDirectory(folder);
    await storage.syncDirectory('');
  }
  await writeDurably(storage, lastGoodPath, Buffer.from(text));
}

/** The copy's path; null when the storage refused it (the own file still has the text). */
export async function setAsideCopy(storage: Storage, text: string, now: WallMs): Promise<string | null> {
  const path = `${folder}/rejected-${fileTime(now)}.yaml`;
  try {
    const older = (await storage.list(folder)).filter((name) => /^rejected-.*\.yaml$/.test(name)).sort();
    const newest = older.at(-1);
    if (newest !== undefined && (await readText(storage, `${folder}/${newest}`)) === text) return `${folder}/${newest}`;
    await writeDurably(storage, path, Buffer.from(text));
    for (const name of older.slice(0, Math.max(0, older.length + 1 - rejectedKept))) await storage.remove(`${folder}/${name}`);
    return path;
  } catch (refused) {
    if (refused instanceof HalError) return null;
    throw refused;
  }
}

async function readText(storage: Storage, path: string): Promise<string | HalError> {
  try {
    const file = await storage.open(path, 'read');
    try {
      // One byte more than allowed is enough for the parser to refuse it.
      const bytes = Buffer.alloc(Math.min(await file.size(), maxConfigurationBytes + 1));
      const length = await file.read(bytes, 0);
      return bytes.toString('utf8', 0, length);
    } finally {
      await file.close();
    }
  } catch (refused) {
    if (refused instanceof HalError) return refused;
    throw refused;
  }
}

function fault(file: string, message: string): Fault {
  return { file, path: '', line: 0, column: 0, message, suggestion: null };
}

/** Why the storage would not; null when it did. */
async function refusal(done: Promise<void>): Promise<string | null> {
  try {
    await done;
    return null;
  } catch (refused) {
    if (refused instanceof HalError) return refused.message;
    throw refused;
  }
}

/** '20260105T090000Z': sorts by time, and every file system takes it. */
function fileTime(now: WallMs): string {
  return new Date(now).toISOString().replace(/[-:]|\.[0-9]{3}/g, '');
}

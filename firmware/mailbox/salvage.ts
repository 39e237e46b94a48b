import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { isBetterLog } from './better-log.ts';
import type { LogScan } from './log-cursor.ts';
import { trailerOf } from './log-cursor.ts';
import { LogWriter } from './log-writer.ts';
import { newFolder, parseNewName } from './mailbox-paths.ts';
import type { Message } from './message.ts';
import { messageOf } from './message-index.ts';
import type { RecordingTrailer } from './recording.ts';
import { audioMs, encodeRecord } from './recording.ts';
import { scanFile } from './scan-file.ts';
import { setAside } from './set-aside.ts';

/** Shorter remains of a recording are noise before anybody spoke. */
const worthKeepingMs = 1000;

export interface SalvageContext {
  readonly storage: Storage;
  readonly log: Log;
  /** Recordings that are being written now: left alone. */
  isRunning(id: string): boolean;
  /** null = not delivered yet. */
  delivered(mailbox: string, id: string): Promise<Message | null>;
  /** Moves a sealed log to its mailbox. Errors: HalError. */
  deliver(path: string, message: Message): Promise<void>;
}

export interface SalvageReport {
  /** Ids delivered as interrupted. */
  readonly salvaged: string[];
  readonly damaged: { readonly file: string; readonly why: string }[];
}

/**
 * Looks after every log in `new/` that nobody is writing: complete ones are delivered, the others cut at their last good frame,
 * given a trailer, and delivered as interrupted. May itself be cut off anywhere and run again. A file that cannot be dealt
 * with is reported and stays; it never keeps the rest from being delivered. Errors: HalError when `new/` cannot be listed.
 */
export async function salvage(context: SalvageContext): Promise<SalvageReport> {
  const report: SalvageReport = { salvaged: [], damaged: [] };
  const names = await context.storage.list(newFolder);
  for (const id of new Set(names.map(parseNewName))) {
    if (id !== null && context.isRunning(id)) continue;
    const paths = names.filter((name) => parseNewName(name) === id).map((name) => `${newFolder}/${name}`);
    if (id === null) paths.forEach((file) => report.damaged.push({ file, why: 'not a name that the unit gives' }));
    else await salvageId(context, paths, report);
  }
  return report;
}

/** All files of one recording: more than one when the disk refused the first and the power went during the move. */
async function salvageId(context: SalvageContext, paths: readonly string[], report: SalvageReport): Promise<void> {
  try {
    const scans: Found[] = [];
    for (const path of paths) {
      const scan = await scanFile(context.storage, path);
      if (typeof scan === 'string') await setUnreadableAside(context, path, scan, report);
      else scans.push({ path, scan });
    }
    const [best, ...rest] = scans.sort((left, right) => completeness(right.scan) - completeness(left.scan));
    for (const { path } of rest) await remove(context.storage, path);
    if (best !== undefined) await settle(context, best, report);
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    context.log.write('alert', 'salvage-failed', `An interrupted recording could not be delivered: ${error.message}`, { files: paths.join(' ') });
    for (const file of paths) report.damaged.push({ file, why: error.message });
  }
}

interface Found {
  readonly path: string;
  readonly scan: LogScan;
}

const completeness = (scan: LogScan): number => (scan.trailer === null ? scan.end.position : Number.MAX_SAFE_INTEGER);

async function settle(context: SalvageContext, { path, scan }: Found, report: SalvageReport): Promise<void> {
  const { storage, log } = context;
  const { id, mailbox, kind } = scan.facts;
  const savedMs = audioMs(scan.end.position);
  const worthless = scan.trailer === null && savedMs < worthKeepingMs;
  const trailer = trailerOf(scan);
  const message = messageOf(scan.facts, trailer, 'new');
  const delivered = await context.delivered(mailbox, id);
  if (kind !== 'message' || worthless || (delivered !== null && !isBetterLog(message, delivered))) {
    log.write('notice', 'recording-dropped', 'A recording in progress was removed: too short, or already delivered.', { id, mailbox, savedMs });
    return remove(storage, path);
  }
  if (scan.trailer === null) await seal(storage, path, scan, trailer);
  await context.deliver(path, message);
  if (trailer.interrupted) report.salvaged.push(id);
  log.write('notice', 'message-salvaged', 'A recording was delivered at start-up.', { id, mailbox, savedMs, interrupted: trailer.interrupted });
}

async function seal(storage: Storage, path: string, scan: LogScan, trailer: RecordingTrailer): Promise<void> {
  const writer = await LogWriter.resume(storage, path, scan);
  try {
    await writer.seal({ type: 'trailer', payload: encodeRecord(trailer), lostPackets: 0 });
  } finally {
    await writer.close();
  }
}

/** An empty or zero-filled file is a recording that never began: nobody was told that it had. */
async function setUnreadableAside(context: SalvageContext, path: string, why: string, report: SalvageReport): Promise<void> {
  const { storage } = context;
  if (await isBlank(storage, path)) return remove(storage, path);
  await setAside(storage, path, path.slice(newFolder.length + 1));
  report.damaged.push({ file: path, why });
}

async function isBlank(storage: Storage, path: string): Promise<boolean> {
  const file = await storage.open(path, 'read');
  try {
    const head = new Uint8Array(4096);
    return head.subarray(0, await file.read(head, 0)).every((byte) => byte === 0);
  } finally {
    await file.close();
  }
}

async function remove(storage: Storage, path: string): Promise<void> {
  await storage.remove(path);
  await storage.syncDirectory(newFolder);
}

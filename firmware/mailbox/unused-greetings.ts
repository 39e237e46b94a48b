import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { greetingFolder, mailboxFolder } from './mailbox-paths.ts';
import { isSetAside } from './slot-adapter.ts';

export interface GreetingFiles {
  readonly storage: Storage;
  readonly log: Log;
}

/** The documents that say which recordings are in force. */
const namingDocuments = (number: string): string[] => ['mailbox', 'choices'].map((name) => `${mailboxFolder(number)}/${name}`);

/**
 * Removes all of a mailbox's greeting files but those `inForce` (names in its folder), and tells which of these are missing. What a document
 * that was set aside named nobody knows: while it lies there all stay, for it may be mended by hand. Errors: HalError.
 */
export async function removeUnusedGreetings(files: GreetingFiles, number: string, inForce: readonly string[]): Promise<void> {
  const names = await files.storage.list(greetingFolder(number));
  for (const name of inForce.filter((one) => !names.includes(one))) {
    files.log.write('error', 'greeting-missing', 'The file of a greeting in force is gone; the system greeting is played.', { mailbox: number, name });
  }
  const unused = names.filter((name) => !inForce.includes(name));
  if (unused.length === 0) return;
  const doubt = await doubtAbout(files.storage, number);
  if (doubt === null) for (const name of unused) await removeGreetingFile(files, number, `${greetingFolder(number)}/${name}`);
  else files.log.write('warning', 'greetings-kept', `Recordings that are not in force stay: ${doubt}.`, { mailbox: number, files: unused.length });
}

/** Whether it is gone, durably. A file too many does no harm, and goes at a later start. Errors: none of the disk's. */
export async function removeGreetingFile({ storage, log }: GreetingFiles, mailbox: string, path: string): Promise<boolean> {
  try {
    await storage.remove(path);
    await storage.syncDirectory(greetingFolder(mailbox));
    return true;
  } catch (error) {
    log.write('warning', 'file-left', String(error), { path });
    return false;
  }
}

/** Why more may be wanted than is in force; null = there is no reason. */
async function doubtAbout(storage: Storage, number: string): Promise<string | null> {
  try {
    for (const path of namingDocuments(number)) if (await isSetAside(storage, path)) return `a damaged copy of ${path}, which may name them, was set aside and lies there`;
    return null;
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return `nobody knows whether a document was set aside (${error.message})`;
  }
}

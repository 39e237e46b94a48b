import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import type { Document } from '../document.ts';
import { openDocument } from '../document.ts';
import type { Folders } from '../folders.ts';
import { idPattern } from '../recording.ts';
import type { JobFile } from './send-job.ts';
import { checkJobFile } from './send-job.ts';

export const sendsFolder = 'sends';

/** A message on its way. */
export interface StoredJob {
  readonly id: string;
  readonly document: Document<JobFile>;
}

/** Where messages on their way lie: `sends/<id>.a .b` (what is to be done), `<id>.body` (their audio), `<id>.rec` (a copy in the making). */
export class SendFiles {
  readonly #storage: Storage;
  readonly #folders: Folders;
  readonly #log: Log;

  constructor(storage: Storage, folders: Folders, log: Log) {
    [this.#storage, this.#folders, this.#log] = [storage, folders, log];
  }

  body(id: string): string {
    return `${sendsFolder}/${id}.body`;
  }

  /** What a power cut has left is brought in order; the jobs that are to go on, oldest first. Errors: HalError. */
  async open(): Promise<StoredJob[]> {
    await this.#folders.ensure(sendsFolder);
    const names = await this.#storage.list(sendsFolder);
    const jobs: StoredJob[] = [];
    for (const id of idsOf(names)) {
      const document = await this.document(id);
      const { job } = document.state;
      const goesOn = job !== null && job.phase !== 'done' && names.includes(`${id}.body`);
      if (goesOn) jobs.push({ id, document });
      else await this.#clear(id, names, document);
    }
    await this.#removeStrays(names, jobs);
    return jobs;
  }

  document(id: string): Promise<Document<JobFile>> {
    return openDocument(this.#storage, `${sendsFolder}/${id}`, { job: null }, checkJobFile, this.#log);
  }

  /** The job is done, durably: its files are not needed. Errors: HalError; what stays goes at the next start. */
  async remove(id: string): Promise<void> {
    for (const name of [`${id}.a`, `${id}.b`, `${id}.body`]) await this.#removeIfThere(`${sendsFolder}/${name}`);
    await this.#storage.syncDirectory(sendsFolder);
  }

  /** A copy that was begun before. Errors: HalError. */
  async removeCopy(id: string): Promise<void> {
    await this.#removeIfThere(`${sendsFolder}/${id}.rec`);
  }

  async #clear(id: string, names: readonly string[], { state: { job }, origin }: Document<JobFile>): Promise<void> {
    if (origin === 'damaged' || (job !== null && job.phase !== 'done')) {
      this.#log.write('alert', 'sending-lost', 'A message on its way to other mailboxes could not be read any more; some do not get it.', { id, sender: job?.sender ?? '' });
    }
    if (names.includes(`${id}.a`) || names.includes(`${id}.b`)) await this.remove(id);
  }

  async #removeStrays(names: readonly string[], jobs: readonly StoredJob[]): Promise<void> {
    const known = new Set(jobs.map(({ id }) => `${id}.body`));
    const strays = names.filter((name) => /\.(rec|fresh)$/.test(name) || (name.endsWith('.body') && !known.has(name)));
    for (const name of strays) await this.#removeIfThere(`${sendsFolder}/${name}`);
    if (strays.length > 0) await this.#storage.syncDirectory(sendsFolder);
  }

  async #removeIfThere(path: string): Promise<void> {
    if ((await this.#storage.stat(path)) !== null) await this.#storage.remove(path);
  }
}

/** Of jobs with a document, oldest first. */
function idsOf(names: readonly string[]): string[] {
  const ids = names.filter((name) => /\.[ab]$/.test(name)).map((name) => name.slice(0, -2));
  return [...new Set(ids)].filter((id) => idPattern.test(id)).sort();
}
